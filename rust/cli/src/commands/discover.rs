// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `discover`: devices that say on the local network that they are there (multicast DNS).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use mdns_sd::{ServiceDaemon, ServiceEvent};
use serde_json::json;

use crate::args::DiscoverArgs;
use crate::error::{CliError, Result};
use crate::output::{self, Cell, FAINT, STRONG};
use crate::progress::Bar;

/// What devices offer.
const SERVICE: &str = "_akira._tcp.local.";

/// A device that was found.
struct Found {
    host: String,
    addresses: Vec<IpAddr>,
    port: u16,
    device: String,
    secure: bool,
}

impl Found {
    fn url(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        // The address that most networks can use, or else the name.
        let best =
            self.addresses.iter().find(|address| address.is_ipv4()).or(self.addresses.first());
        let host = match best {
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) if !address.is_unicast_link_local() => format!("[{address}]"),
            _ => self.host.trim_end_matches('.').to_owned(),
        };
        format!("{scheme}://{host}:{}", self.port)
    }
}

pub fn run(args: &DiscoverArgs, json: bool) -> Result<()> {
    let found = listen(Duration::from_secs(args.timeout.into())).map_err(|error| {
        CliError::local("network", format!("Nobody can be looked for: {error}."))
    })?;
    if json {
        let devices: Vec<_> = found
            .iter()
            .map(|(name, found)| {
                json!({
                    "name": name, "url": found.url(), "host": found.host.trim_end_matches('.'),
                    "addresses": found.addresses, "port": found.port, "device": found.device,
                    "tls": found.secure,
                })
            })
            .collect();
        output::print_json(&json!({ "devices": devices }));
        return Ok(());
    }
    if found.is_empty() {
        output::print_line("No device has answered.");
        anstream::eprintln!(
            "A virtual device answers with `akira sim --mdns`, a board with CONFIG_AKIRA_MDNS; both \
             must be in this network."
        );
        return Ok(());
    }
    let rows: Vec<_> = found
        .iter()
        .map(|(name, found)| {
            [
                Cell::styled(name.as_str(), STRONG),
                Cell::plain(found.url()),
                Cell::plain(found.device.as_str()),
                Cell::plain(found.host.trim_end_matches('.')),
            ]
        })
        .collect();
    output::print_table(["NAME", "ADDRESS", "DEVICE", "HOST"], &rows);
    anstream::eprintln!(
        "{FAINT}Keep one under a name with: akira device add NAME ADDRESS --token-file FILE{FAINT:#}"
    );
    Ok(())
}

/// Who answers within this time, by the name it gives itself.
fn listen(time: Duration) -> Result<BTreeMap<String, Found>, mdns_sd::Error> {
    let daemon = ServiceDaemon::new()?;
    let answers = daemon.browse(SERVICE)?;
    let _bar = Bar::busy("waiting for answers".to_owned());
    let end = Instant::now() + time;
    let mut found = BTreeMap::new();
    while let Ok(event) = answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
        match event {
            ServiceEvent::ServiceResolved(service) => {
                let name = service.fullname.strip_suffix(SERVICE).unwrap_or(&service.fullname);
                let text = |key| service.txt_properties.get_property_val_str(key);
                let mut addresses: Vec<IpAddr> =
                    service.addresses.iter().map(|address| address.to_ip_addr()).collect();
                addresses.sort();
                found.insert(
                    name.trim_end_matches('.').to_owned(),
                    Found {
                        host: service.host.clone(),
                        addresses,
                        port: service.port,
                        device: text("device").unwrap_or("?").to_owned(),
                        secure: text("tls") == Some("1"),
                    },
                );
            }
            ServiceEvent::ServiceRemoved(_, name) => {
                found.remove(name.strip_suffix(SERVICE).unwrap_or(&name).trim_end_matches('.'));
            }
            _ => {}
        }
    }
    let _ = daemon.shutdown();
    Ok(found)
}
