// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Factory images: the flash of a device that has its apps, settings and keys before its first boot.
//!
//! A runtime on a chip in memory is given what the image shall have, as an operator would give it over
//! the HTTP API: nothing that a device refuses is in an image. The same parts give the same image, byte
//! for byte. What each device must have for itself is not in it unless it was given: the admin token
//! and the device's name, which its first boot makes.

use std::fmt;
use std::sync::Arc;

use akira_abi::CapSet;
use akira_core::config::DeviceConfig;
use akira_core::http::{ApiError, Code, view};
use akira_core::transfer::Transport;
use akira_core::trust::TrustedKey;
use akira_runtime::transfer::{Begin, Outcome, Sink, Transfer};
use akira_runtime::{Config, Runtime, SignaturePolicy, StartError};

use crate::flash::{Geometry, NorFlash};
use crate::platform::rf::Rf;
use crate::platform::{Console, Host};
use crate::sim::DEFAULT_POOL_BYTES;
use crate::storage::{MountError, Storage};

/// An app to install.
pub struct FactoryApp {
    /// What it is called when it is refused: the path of its file.
    pub label: String,
    /// The packed module.
    pub module: Vec<u8>,
    /// What is withheld of what its manifest asks for.
    pub denied: CapSet,
}

/// What an image shall have.
pub struct Factory {
    /// Size of the flash.
    pub size: Geometry,
    /// Apps, which are installed in this order.
    pub apps: Vec<FactoryApp>,
    /// The device's settings; `None` lets the first boot make a name.
    pub config: Option<DeviceConfig>,
    /// The admin token; `None` lets the first boot make one and show it.
    pub token: Option<String>,
    /// Keys to trust.
    pub keys: Vec<TrustedKey>,
    /// Certificates and private key for TLS, in PEM.
    pub tls: Option<Vec<u8>>,
    /// What is done about the signatures of the apps.
    pub signatures: SignaturePolicy,
    /// What apps are granted at most.
    pub grantable: CapSet,
}

/// A finished image.
pub struct Image {
    /// The flash, from its first byte to its last.
    pub cells: Vec<u8>,
    /// The apps that it has.
    pub apps: Vec<view::App>,
    /// Bytes of its storage that are free, and the storage's size.
    pub free: u32,
    /// See above.
    pub total: u32,
}

/// Why there is no image.
#[derive(Debug)]
pub enum FactoryError {
    /// The chip in memory could not be used.
    Mount(MountError),
    /// The runtime did not start on it, or the token is none.
    Start(StartError),
    /// A part was refused, as a device would refuse it.
    Refused {
        /// Which one.
        what: String,
        /// Why.
        error: ApiError,
    },
    /// The system gave no radio.
    System(std::io::Error),
}

impl fmt::Display for FactoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mount(error) => write!(f, "{error}"),
            Self::Start(error) => write!(f, "{error}"),
            Self::Refused { what, error } => write!(f, "{what}: {}", error.message),
            Self::System(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for FactoryError {}

impl Factory {
    /// Makes the image.
    pub fn build(self) -> Result<Image, FactoryError> {
        let chip = NorFlash::in_memory(self.size);
        let storage = Storage::mount(chip).map_err(FactoryError::Mount)?;
        let runtime = idle_runtime(storage, self.signatures, self.grantable)?;
        runtime.open_storage().map_err(FactoryError::Start)?;
        let refused = |what: &str| {
            let what = what.to_owned();
            move |error| FactoryError::Refused { what, error }
        };
        // Keys first: by them apps are told whom they are signed by.
        for key in self.keys {
            let what = format!("the key {}", key.name);
            runtime.trust_key(key.name, key.key).map_err(refused(&what))?;
        }
        if let Some(token) = &self.token {
            runtime.provision_token(token).map_err(FactoryError::Start)?;
        }
        if let Some(config) = self.config {
            runtime.set_config(config).map_err(refused("the settings"))?;
        }
        if let Some(pem) = &self.tls {
            runtime.store_tls_pem(pem).map_err(refused("the certificate"))?;
        }
        for app in &self.apps {
            install(&runtime, app).map_err(refused(&app.label))?;
        }
        let apps = runtime.app_list().apps;
        let space = runtime.platform().storage().space();
        let space = space.map_err(|errno| FactoryError::Start(StartError::Storage(errno)))?;
        let cells = runtime.platform().storage().with_chip(|chip| chip.cells().to_vec());
        Ok(Image { cells, apps, free: space.free, total: space.total })
    }
}

/// A runtime on `storage` that is not reachable and starts nothing.
pub(crate) fn idle_runtime(
    storage: Storage,
    signatures: SignaturePolicy,
    grantable: CapSet,
) -> Result<Arc<Runtime<Host>>, FactoryError> {
    let rf = Rf::open(None).map_err(FactoryError::System)?;
    let host = Host::new(storage, Console::sink(), None, rf);
    let config = Config {
        pool_bytes: DEFAULT_POOL_BYTES,
        exec_timeout_ms: akira_core::manifest::EXEC_TIMEOUT_DEFAULT,
        exec_timeout_max_ms: akira_core::manifest::EXEC_TIMEOUT_RANGE.1,
        signatures,
        grantable,
        // It never boots.
        health_ms: 0,
    };
    Runtime::new(host, config).map_err(FactoryError::Start)
}

fn install(runtime: &Arc<Runtime<Host>>, app: &FactoryApp) -> Result<(), ApiError> {
    let begin = Begin {
        // Nobody sees it.
        transport: Transport::Http,
        sink: Sink::App { name: None, denied: app.denied },
        size: Some(app.module.len() as u64),
        sha256: None,
    };
    let mut transfer = Transfer::begin(runtime, begin)?;
    transfer.chunk(&app.module)?;
    match transfer.end()? {
        Outcome::App(app, false) => Err(ApiError::new(
            Code::BadRequest,
            format!("Two files are the app {}. Give each app once.", app.name),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use akira_core::manifest::Draft;
    use akira_core::module::{SECTION_CBOR, append_custom_section};

    use super::*;

    fn factory(apps: Vec<FactoryApp>) -> Factory {
        Factory {
            size: Geometry::new(131_072).unwrap(),
            apps,
            config: None,
            token: None,
            keys: Vec::new(),
            tls: None,
            signatures: SignaturePolicy::Off,
            grantable: CapSet::ALL,
        }
    }

    fn app(name: &str, size: usize) -> FactoryApp {
        let mut module = wat::parse_str(r#"(module (func (export "_start")))"#).unwrap();
        let draft = Draft {
            name: Some(name.to_owned()),
            version: Some("1.0.0".to_owned()),
            ..Draft::default()
        };
        append_custom_section(&mut module, SECTION_CBOR, &draft.to_cbor().unwrap());
        append_custom_section(&mut module, "filler", &vec![7; size]);
        FactoryApp { label: format!("{name}.wasm"), module, denied: CapSet::EMPTY }
    }

    #[test]
    fn the_same_parts_give_the_same_image_and_no_secrets_of_one_device() {
        let build = || factory(vec![app("one", 5000), app("two", 10)]).build().unwrap();
        let (image, again) = (build(), build());
        assert!(image.cells == again.cells);
        assert_eq!(image.apps.len(), 2);
        assert_eq!((image.cells.len(), image.total), (131_072, 131_072));
        let chip = NorFlash::from_cells(Geometry::new(131_072).unwrap(), image.cells);
        let storage = Storage::mount(chip).unwrap();
        for path in ["/config/token", "/config/device"] {
            assert_eq!(storage.stat(path), Err(akira_abi::Errno::ENOENT), "{path}");
        }
        assert_eq!(storage.stat("/apps/one.wasm").unwrap().size, image.apps[0].size);
    }

    #[test]
    fn what_a_device_refuses_is_in_no_image() {
        let refused = |apps| match factory(apps).build() {
            Err(FactoryError::Refused { what, error }) => (what, error.code),
            other => panic!("{:?}", other.map(|image| image.apps).err()),
        };
        let (one, same) = (app("one", 0), app("one", 1));
        assert_eq!(refused(vec![one, same]), ("one.wasm".into(), Code::BadRequest));
        assert_eq!(refused(vec![app("big", 100_000)]), ("big.wasm".into(), Code::NoSpace));
        let bad = FactoryApp { module: b"\0asm".to_vec(), ..app("bad", 0) };
        assert_eq!(refused(vec![bad]), ("bad.wasm".into(), Code::BadModule));
    }
}
