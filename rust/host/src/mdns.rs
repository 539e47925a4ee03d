// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Tells the network that the device is there: multicast DNS and DNS service discovery.
//!
//! Contract: the service is `_akira._tcp.local.`, its instance has the device's name, and its text
//! says how to talk to it. A device that listens on one address is told of on that address's
//! interface only, so one on loopback is found on this machine and nowhere else.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;
use std::{fmt, io};

use akira_runtime::Runtime;
use akira_runtime::platform::{Level, Platform};
use mdns_sd::{IfKind, ServiceDaemon, ServiceInfo};

use crate::platform::Host;

/// The kind of service that a device is.
pub const SERVICE: &str = "_akira._tcp.local.";
/// How often the device's name is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How long taking leave may take.
const LEAVE: Duration = Duration::from_millis(500);

/// Why the network cannot be told.
#[derive(Debug)]
pub enum MdnsError {
    /// No socket for it, or nothing to tell.
    Mdns(mdns_sd::Error),
    /// No thread for it.
    System(io::Error),
}

impl fmt::Display for MdnsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mdns(error) => error.fmt(f),
            Self::System(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MdnsError {}

impl From<mdns_sd::Error> for MdnsError {
    fn from(error: mdns_sd::Error) -> Self {
        Self::Mdns(error)
    }
}

impl From<io::Error> for MdnsError {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// A device that is told of. Dropping it takes it back.
pub struct Announced {
    /// Nothing is ever sent; that it is gone ends the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Announced {
    /// Tells of the device that serves at `address`, with TLS or without, also under a new name when
    /// it gets one.
    pub fn start(
        runtime: Arc<Runtime<Host>>,
        address: SocketAddr,
        tls: bool,
    ) -> Result<Self, MdnsError> {
        let daemon = daemon(address.ip())?;
        let mut name = runtime.device_name();
        let mut told = tell(&daemon, &name, address, tls)?;
        let (stop, stopped) = mpsc::channel::<()>();
        let follow = move || {
            while stopped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                let now = runtime.device_name();
                if now == name {
                    continue;
                }
                take_back(&daemon, &told);
                name = now;
                match tell(&daemon, &name, address, tls) {
                    Ok(full_name) => told = full_name,
                    Err(error) => {
                        let text = format!("not found in the network any more: {error}");
                        runtime.platform().console(Level::Error, "akira", &text);
                    }
                }
            }
            take_back(&daemon, &told);
            if let Ok(ended) = daemon.shutdown() {
                let _ = ended.recv_timeout(LEAVE);
            }
        };
        let thread = Builder::new().name("akira-mdns".to_owned()).spawn(follow)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // It only fails when the thread panicked, which was reported then.
            let _ = thread.join();
        }
    }
}

/// What speaks to the network, on the interfaces on which the device can be reached.
fn daemon(ip: IpAddr) -> Result<ServiceDaemon, mdns_sd::Error> {
    let daemon = ServiceDaemon::new()?;
    if !ip.is_unspecified() {
        daemon.disable_interface(IfKind::All)?;
        daemon.enable_interface(match ip {
            IpAddr::V4(ip) if ip.is_loopback() => IfKind::LoopbackV4,
            IpAddr::V6(ip) if ip.is_loopback() => IfKind::LoopbackV6,
            _ => IfKind::Addr(ip),
        })?;
    }
    Ok(daemon)
}

/// Tells of a device; the full name that it has then.
fn tell(
    daemon: &ServiceDaemon,
    name: &str,
    address: SocketAddr,
    tls: bool,
) -> Result<String, mdns_sd::Error> {
    let tls = if tls { "1" } else { "0" };
    let text = [("v", "1"), ("device", "virtual"), ("tls", tls), ("path", "/api/v1")];
    let (host, ip, port) = (format!("{name}.local."), address.ip(), address.port());
    let info = if ip.is_unspecified() {
        ServiceInfo::new(SERVICE, name, &host, "", port, &text[..])?.enable_addr_auto()
    } else {
        ServiceInfo::new(SERVICE, name, &host, ip, port, &text[..])?
    };
    let full_name = info.get_fullname().to_owned();
    daemon.register(info)?;
    Ok(full_name)
}

fn take_back(daemon: &ServiceDaemon, full_name: &str) {
    // The daemon may be gone already; then there is nothing to take back.
    if let Ok(left) = daemon.unregister(full_name) {
        let _ = left.recv_timeout(LEAVE);
    }
}
