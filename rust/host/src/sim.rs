// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The virtual device as a whole: flash, file system, runtime and HTTP server, started together and
//! ended in order.
//!
//! [`run`] is what `akira sim` does; [`Device`] is the same for tests and other programs.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use akira_abi::CapSet;
use akira_core::manifest::{EXEC_TIMEOUT_DEFAULT, EXEC_TIMEOUT_RANGE};
use akira_runtime::platform::{Level, Platform};
use akira_runtime::{Config, Runtime, SignaturePolicy, StartError};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime as Tokio};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::flash::geometry::{ERASE_BLOCK, MAX_SIZE, MIN_SIZE};
use crate::flash::{Geometry, ImageError, NorFlash};
use crate::http;
use crate::http::tls::{self, Identity, TlsError};
use crate::intake::Intake;
use crate::mdns::{Announced, MdnsError};
use crate::platform::rf::Rf;
use crate::platform::{Console, Host};
use crate::serial::Serial;
use crate::storage::{MountError, Storage};
use crate::ticker::Ticker;

/// Where the HTTP API is served when nothing else is said.
pub const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
/// Memory for apps, the same as on the simulated Zephyr device.
pub const DEFAULT_POOL_BYTES: usize = 1024 * 1024;
/// How long threads in blocking work may take to end when the device stops.
const LAST_WORK: Duration = Duration::from_secs(2);
/// How long the reader of the console may take for what a boot says.
const FIRST_LINES: Duration = Duration::from_secs(1);
/// What a shell reports for a process that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// What a virtual device is started with.
pub struct SimOptions {
    /// The flash image; made when it is not there.
    pub flash: PathBuf,
    /// Size of the flash in bytes: of a new image, and what an existing one must have. `None` takes
    /// an existing image as it is and makes a new one of 4 MiB. One that is smaller has no firmware
    /// slots: all of it is storage.
    pub flash_size: Option<u64>,
    /// Where the HTTP API is served; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The admin token to provision at the first boot; `None` lets the device make one.
    pub token: Option<String>,
    /// Memory for apps.
    pub pool_bytes: usize,
    /// Execution limit of apps whose manifest names none, in milliseconds.
    pub exec_timeout_ms: u32,
    /// Longest execution limit that the device gives, in milliseconds; a manifest's is cut to it.
    pub exec_timeout_max_ms: u32,
    /// Whether what the device has stored also survives a crash of this machine, at any time. What
    /// a kill of the process leaves is a power cut to the device and always safe; without this a
    /// crash of the machine may cost the image. With it every commit waits for the disk.
    pub durable: bool,
    /// The UDP port on loopback that stands for the air between radios; without one, packets go
    /// nowhere.
    pub rf_port: Option<u16>,
    /// Whether the HTTP API is served over TLS, and then over nothing else. The certificate is the
    /// one that is stored on the device; a device without one makes its own.
    pub tls: bool,
    /// Whether the device has a serial line.
    pub serial: bool,
    /// Whether the network is told of the device.
    pub mdns: bool,
    /// Where a bare TCP sink listens, to measure uploads against.
    #[cfg(feature = "null-sink")]
    pub tcp_sink: Option<SocketAddr>,
    /// What is done about the signatures of apps.
    pub signatures: SignaturePolicy,
    /// What the device grants at most, whatever a manifest asks for.
    pub grantable: CapSet,
    /// Instructions that each entry into app code may take; 0 for as many as it likes.
    #[cfg(feature = "metering")]
    pub instruction_budget: u32,
    /// How long clients of the HTTP API may take.
    pub limits: http::Limits,
    /// Where console lines go.
    pub console: Console,
}

impl SimOptions {
    /// A device on the flash image `flash`, everything else as usual.
    pub fn new(flash: impl Into<PathBuf>) -> Self {
        Self {
            flash: flash.into(),
            flash_size: None,
            listen: DEFAULT_LISTEN,
            token: None,
            pool_bytes: DEFAULT_POOL_BYTES,
            exec_timeout_ms: EXEC_TIMEOUT_DEFAULT,
            exec_timeout_max_ms: EXEC_TIMEOUT_RANGE.1,
            durable: false,
            rf_port: None,
            tls: false,
            serial: false,
            mdns: false,
            #[cfg(feature = "null-sink")]
            tcp_sink: None,
            signatures: SignaturePolicy::Off,
            grantable: CapSet::ALL,
            #[cfg(feature = "metering")]
            instruction_budget: 0,
            limits: http::Limits::default(),
            console: Console::default(),
        }
    }
}

/// Why a virtual device did not start.
#[derive(Debug)]
pub enum SimError {
    /// No chip has this size.
    FlashSize(u64),
    /// The flash image cannot be used.
    Image(ImageError),
    /// The flash image has no file system of ours.
    Mount {
        /// The image.
        path: PathBuf,
        /// Why.
        error: MountError,
    },
    /// The address to serve on cannot be used.
    Listen {
        /// The address.
        listen: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// The radio's port cannot be used.
    Radio(io::Error),
    /// The stored certificate cannot be used, or none could be made.
    Tls(TlsError),
    /// A new certificate could not be stored.
    StoreTls(String),
    /// There is no serial line.
    Serial(io::Error),
    /// The network cannot be told of the device.
    Mdns(MdnsError),
    /// The runtime did not start or boot.
    Runtime(StartError),
    /// The system gave no thread or no signal handler.
    System(io::Error),
}

impl fmt::Display for SimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FlashSize(size) => write!(
                f,
                "no flash has {size} bytes; choose {MIN_SIZE} to {MAX_SIZE}, a multiple of \
                 {ERASE_BLOCK}"
            ),
            Self::Image(error) => error.fmt(f),
            Self::Mount { path, error } => {
                write!(f, "cannot use the flash image {}: {error}", path.display())
            }
            Self::Listen { listen, error } => write!(
                f,
                "cannot serve on {listen}: {error}; stop what uses the port or choose another one \
                 (0 takes a free one)"
            ),
            Self::Radio(error) => write!(
                f,
                "the radio cannot use its UDP port on loopback: {error}; choose another one"
            ),
            Self::Tls(error) => write!(
                f,
                "the certificate for TLS cannot be used: {error}; start without TLS and store \
                 another one, or remove it to have one made"
            ),
            Self::StoreTls(reason) => write!(f, "no certificate for TLS could be stored: {reason}"),
            Self::Serial(error) => write!(f, "the system gave no serial line: {error}"),
            Self::Mdns(error) => write!(f, "the network cannot be told of the device: {error}"),
            Self::Runtime(error) => write!(f, "the device did not boot: {error}"),
            Self::System(error) => write!(f, "the system refused a thread or a signal: {error}"),
        }
    }
}

impl std::error::Error for SimError {}

/// A running virtual device. Dropping it stops it.
pub struct Device {
    runtime: Arc<Runtime<Host>>,
    address: SocketAddr,
    server: Option<Server>,
    serial: Option<Serial>,
    announced: Option<Announced>,
    ticker: Option<Ticker>,
    intake: Option<Intake>,
}

/// The threads that serve HTTP.
struct Server {
    tokio: Tokio,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl Device {
    /// Starts a device; when this returns it is ready.
    pub fn start(options: SimOptions) -> Result<Self, SimError> {
        Self::start_on(tokio()?, options)
    }

    fn start_on(tokio: Tokio, options: SimOptions) -> Result<Self, SimError> {
        let SimOptions {
            flash,
            flash_size,
            listen,
            token,
            pool_bytes,
            exec_timeout_ms,
            exec_timeout_max_ms,
            durable,
            rf_port,
            tls,
            serial,
            mdns,
            #[cfg(feature = "null-sink")]
            tcp_sink,
            signatures,
            grantable,
            #[cfg(feature = "metering")]
            instruction_budget,
            limits,
            console,
        } = options;
        let size = match flash_size {
            Some(size) => Some(Geometry::new(size).ok_or(SimError::FlashSize(size))?),
            None => None,
        };
        let mut chip = NorFlash::open(&flash, size).map_err(SimError::Image)?;
        chip.set_durable(durable);
        let storage =
            Storage::mount(chip).map_err(|error| SimError::Mount { path: flash, error })?;
        // Before the boot, so that no app starts on a device that then cannot be reached.
        let taken = |error| SimError::Listen { listen, error };
        let listener = tokio.block_on(TcpListener::bind(listen)).map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;

        let rf = Rf::open(rf_port).map_err(SimError::Radio)?;
        let host = Host::new(storage, console, token, rf);
        let config =
            Config { pool_bytes, exec_timeout_ms, exec_timeout_max_ms, signatures, grantable };
        let runtime = Runtime::new(host, config).map_err(SimError::Runtime)?;
        #[cfg(feature = "metering")]
        runtime.limit_instructions(instruction_budget);
        let ticker = Ticker::start(Arc::clone(&runtime)).map_err(SimError::System)?;
        let intake = Intake::start(Arc::clone(&runtime)).map_err(SimError::System)?;
        // From here on the device ends in order, also when it does not get all that it was to have.
        let mut device = Self {
            runtime,
            address,
            server: None,
            serial: None,
            announced: None,
            ticker: Some(ticker),
            intake: Some(intake),
        };
        device.runtime.boot().map_err(SimError::Runtime)?;
        let identity = if tls { Some(device.identity()?) } else { None };
        if serial {
            let line = Serial::open(Arc::clone(&device.runtime)).map_err(SimError::Serial)?;
            device.say(&format!("serial line at {}", line.path()));
            device.serial = Some(line);
        }
        #[cfg(feature = "null-sink")]
        if let Some(listen) = tcp_sink {
            let taken = |error| SimError::Listen { listen, error };
            let address = tokio.block_on(crate::tcp_sink::start(listen)).map_err(taken)?;
            device.say(&format!("bare TCP sink at {address}"));
        }
        if mdns {
            let runtime = Arc::clone(&device.runtime);
            let announced = Announced::start(runtime, address, tls).map_err(SimError::Mdns)?;
            device.announced = Some(announced);
            device.say(&format!("found in the network as {}", device.runtime.device_name()));
        }
        let (stop, told_to_stop) = watch::channel(false);
        let runtime = Arc::clone(&device.runtime);
        let server = http::Server { runtime, tls: identity.map(|own| own.acceptor), limits };
        let serving = tokio.spawn(server.serve(listener, told_to_stop));
        device.server = Some(Server { tokio, stop, serving });
        if !tls && !address.ip().is_loopback() {
            device.say("reachable from the network, without TLS: who listens learns the token");
        }
        let scheme = if tls { "https" } else { "http" };
        device.say(&format!("ready, HTTP API at {scheme}://{address}"));
        // Whoever waits for the device to be ready reads it there; nobody reading is no error.
        device.runtime.platform().console_lines().flush(FIRST_LINES);
        Ok(device)
    }

    fn say(&self, text: &str) {
        self.runtime.platform().console(Level::Info, "akira", text);
    }

    /// The certificate to serve with, made if the device has none.
    fn identity(&self) -> Result<Identity, SimError> {
        let pem = match self.runtime.tls_pem() {
            Some(pem) => pem,
            None => {
                let name = self.runtime.device_name();
                let pem = tls::self_signed(&name, self.address.ip()).map_err(SimError::Tls)?;
                let stored = self.runtime.store_tls_pem(pem.as_bytes());
                stored.map_err(|error| SimError::StoreTls(error.message.to_string()))?;
                pem.into_bytes()
            }
        };
        let identity = Identity::from_pem(&pem).map_err(SimError::Tls)?;
        self.runtime.note_tls();
        self.say(&format!("TLS certificate SHA-256: {}", identity.sha256));
        Ok(identity)
    }

    /// Where the HTTP API is served.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the other end of the serial line is, if there is one.
    pub fn serial(&self) -> Option<&str> {
        self.serial.as_ref().map(Serial::path)
    }

    /// The device's runtime.
    pub fn runtime(&self) -> &Arc<Runtime<Host>> {
        &self.runtime
    }

    /// Ends the device: no more requests, apps stopped, flash written.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if self.ticker.is_none() {
            return;
        }
        self.announced = None;
        let server = self.server.take().map(|Server { tokio, stop, serving }| {
            stop.send_replace(true);
            // The server's task bounds its own end; it only fails when it panicked, which was
            // reported.
            let _ = tokio.block_on(serving);
            tokio
        });
        self.serial = None;
        // First, so that nothing starts again.
        self.ticker = None;
        self.intake = None;
        self.runtime.shutdown();
        if let Some(tokio) = server {
            tokio.shutdown_timeout(LAST_WORK);
        }
        let kept = self.runtime.platform().storage().with_chip(|chip| {
            chip.set_durable(true);
            chip.sync()
        });
        if let Err(error) = kept {
            self.runtime.platform().console(Level::Error, "akira", &error.to_string());
        }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.end();
    }
}

/// Runs a virtual device until the process gets SIGINT or SIGTERM, then ends it in order. A second
/// signal ends the process at once.
pub fn run(options: SimOptions) -> Result<(), SimError> {
    let tokio = tokio()?;
    let mut signals = {
        let _context = tokio.enter();
        Signals::listen().map_err(SimError::System)?
    };
    let device = Device::start_on(tokio, options)?;
    if let Some(server) = &device.server {
        server.tokio.block_on(signals.next());
        server.tokio.spawn(async move {
            signals.next().await;
            std::process::exit(INTERRUPTED);
        });
    }
    device.runtime.platform().console(Level::Info, "akira", "stopping");
    device.stop();
    Ok(())
}

/// The signals that ask a process to end.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

fn tokio() -> Result<Tokio, SimError> {
    Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(http::THREADS)
        .thread_name("akira-http")
        .enable_all()
        .build()
        .map_err(SimError::System)
}
