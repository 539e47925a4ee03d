// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The device in the network.

use std::time::Duration;

use akira_host::Device;
use akira_host::mdns::SERVICE;
use mdns_sd::{ServiceDaemon, ServiceEvent};

use crate::common::{Screen, alone, options};

const LONG: Duration = Duration::from_secs(30);

#[test]
fn a_device_is_found_on_its_machine_and_takes_its_leave() {
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(&dir.path().join("flash.bin"), &Screen::default());
    options.mdns = true;
    let device = Device::start(options).unwrap();
    let (name, address) = (device.runtime().device_name(), device.address());
    let daemon = ServiceDaemon::new().unwrap();
    let found = daemon.browse(SERVICE).unwrap();
    let full_name = format!("{name}.{SERVICE}");
    loop {
        if let ServiceEvent::ServiceResolved(info) = found.recv_timeout(LONG).unwrap()
            && info.fullname == full_name
        {
            assert_eq!(info.port, address.port());
            let text = |key| info.txt_properties.get_property_val_str(key);
            assert_eq!(
                ["v", "device", "tls", "path"].map(text),
                [Some("1"), Some("virtual"), Some("0"), Some("/api/v1")]
            );
            assert!(info.addresses.iter().any(|found| found.to_ip_addr() == address.ip()));
            break;
        }
    }
    device.stop();
    loop {
        if let ServiceEvent::ServiceRemoved(_, gone) = found.recv_timeout(LONG).unwrap()
            && gone == full_name
        {
            break;
        }
    }
    daemon.shutdown().unwrap();
}
