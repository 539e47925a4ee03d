// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The virtual device as a whole: flash, file system, runtime and HTTP server, started together and
//! ended in order.
//!
//! [`run`] is what `akira sim` does; [`Device`] is the same for tests and other programs. A device
//! restarts inside the process: at the same address, with the same serial line and the same flash.

mod error;
mod options;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use akira_runtime::platform::{Level, Platform};
use akira_runtime::{Config, Runtime};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime as Tokio};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::bootloader;
use crate::flash::{Geometry, NorFlash};
use crate::http;
use crate::http::tls::{self, Identity};
use crate::intake::Intake;
use crate::mdns::Announced;
use crate::platform::Host;
use crate::platform::rf::Rf;
use crate::serial::{Line, Serial};
use crate::storage::Storage;
use crate::ticker::Ticker;
pub use error::SimError;
pub use options::{DEFAULT_HEALTH_MS, DEFAULT_LISTEN, DEFAULT_POOL_BYTES, SimOptions};

/// How long threads in blocking work may take to end when the device stops.
const LAST_WORK: Duration = Duration::from_secs(2);
/// How long the reader of the console may take for what a boot says.
const FIRST_LINES: Duration = Duration::from_secs(1);
/// How long a device that restarts may take to give its flash back.
const LAST_USERS: Duration = Duration::from_secs(10);
/// What a shell reports for a process that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// A running virtual device. Dropping it stops it.
pub struct Device {
    runtime: Arc<Runtime<Host>>,
    options: SimOptions,
    /// The device asks to be restarted.
    reboot: Arc<Notify>,
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
        Self::boot(options, None)
    }

    /// Starts a device, with the serial line that it had before if it restarts.
    fn boot(mut options: SimOptions, line: Option<Line>) -> Result<Self, SimError> {
        let tokio = tokio()?;
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
            firmware,
            health_ms,
            limits,
            console,
        } = options.clone();
        let size = match flash_size {
            Some(size) => Some(Geometry::new(size).ok_or(SimError::FlashSize(size))?),
            None => None,
        };
        let mut chip = NorFlash::open(&flash, size).map_err(SimError::Image)?;
        chip.set_durable(durable);
        let told = |text: &str| {
            console.line(Level::Info, "akira", &format!("the bootloader {text}"));
        };
        bootloader::boot(&mut chip, &firmware, told).map_err(SimError::Boot)?;
        let storage =
            Storage::mount(chip).map_err(|error| SimError::Mount { path: flash, error })?;
        // Before the boot, so that no app starts on a device that then cannot be reached.
        let taken = |error| SimError::Listen { listen, error };
        let listener = tokio.block_on(TcpListener::bind(listen)).map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        // It comes back where it was, with the token that it has by then.
        (options.listen, options.token) = (address, None);

        let rf = Rf::open(rf_port).map_err(SimError::Radio)?;
        let reboot = Arc::new(Notify::new());
        let host = Host::new(storage, console, token, rf)
            .with_firmware_keys(firmware)
            .with_reboot(Arc::clone(&reboot));
        let config = Config {
            pool_bytes,
            exec_timeout_ms,
            exec_timeout_max_ms,
            signatures,
            grantable,
            health_ms,
        };
        let runtime = Runtime::new(host, config).map_err(SimError::Runtime)?;
        #[cfg(feature = "metering")]
        runtime.limit_instructions(instruction_budget);
        let ticker = Ticker::start(Arc::clone(&runtime)).map_err(SimError::System)?;
        let intake = Intake::start(Arc::clone(&runtime)).map_err(SimError::System)?;
        // From here on the device ends in order, also when it does not get all that it was to have.
        let mut device = Self {
            runtime,
            options,
            reboot,
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
            let line = line.map_or_else(Line::open, Ok).map_err(SimError::Serial)?;
            let serial =
                Serial::serve(line, Arc::clone(&device.runtime)).map_err(SimError::Serial)?;
            device.say(&format!("serial line at {}", serial.path()));
            device.serial = Some(serial);
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
        device.runtime.note_ready();
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

    /// Waits until the device asks to be restarted, at most for `patience`; whether it does.
    pub fn wants_restart(&self, patience: Duration) -> bool {
        let Some(server) = &self.server else { return false };
        let asked = async { tokio::time::timeout(patience, self.reboot.notified()).await };
        server.tokio.block_on(asked).is_ok()
    }

    /// Ends the device in order and starts it again, as when it restarts itself.
    pub fn restart(mut self) -> Result<Self, SimError> {
        let line = self.end();
        let options = self.options.clone();
        let users = Arc::downgrade(&self.runtime);
        drop(self);
        // Threads in blocking work may have it for a moment longer, and with it the flash.
        let deadline = Instant::now() + LAST_USERS;
        while users.strong_count() > 0 {
            if Instant::now() > deadline {
                return Err(SimError::Restart);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Self::boot(options, line)
    }

    /// Ends the device: no more requests, apps stopped, flash written.
    pub fn stop(mut self) {
        self.end();
    }

    /// Ends the device, and gives its serial line back.
    fn end(&mut self) -> Option<Line> {
        self.ticker.as_ref()?;
        self.announced = None;
        let server = self.server.take().map(|Server { tokio, stop, serving }| {
            stop.send_replace(true);
            // The server's task bounds its own end; it only fails when it panicked, which was
            // reported.
            let _ = tokio.block_on(serving);
            tokio
        });
        let line = self.serial.take().map(Serial::end);
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
        line
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
    // For signals only: a device has threads of its own, which end when it restarts.
    let waiter = Builder::new_current_thread().enable_all().build().map_err(SimError::System)?;
    let mut signals = {
        let _context = waiter.enter();
        Signals::listen().map_err(SimError::System)?
    };
    let mut device = Device::start(options)?;
    loop {
        let reboot = Arc::clone(&device.reboot);
        let restarts = waiter.block_on(async {
            tokio::select! {
                () = signals.next() => false,
                () = reboot.notified() => true,
            }
        });
        if !restarts {
            break;
        }
        device = device.restart()?;
    }
    std::thread::spawn(move || {
        waiter.block_on(signals.next());
        std::process::exit(INTERRUPTED);
    });
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
