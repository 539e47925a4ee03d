// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Names become addresses on threads of their own: a resolver may take half a minute, and nothing
//! makes it hurry or give up.

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;
use std::time::Instant;

use akira_abi::Errno;
use parking_lot::{Condvar, Mutex};

/// How many names are resolved at the same time, those that nobody waits for any more included.
const AT_ONCE: usize = 8;
/// How many addresses of a name are of interest.
const ADDRESSES: usize = 8;

/// Who resolves names.
#[derive(Default)]
pub struct Resolver {
    busy: Arc<AtomicUsize>,
}

/// A name that is being resolved.
pub struct Question(Arc<Answer>);

#[derive(Default)]
struct Answer {
    /// None for a name that has none.
    addresses: Mutex<Option<Vec<SocketAddr>>>,
    known: Condvar,
}

/// One of the [`AT_ONCE`] places.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Resolver {
    /// Begins to resolve a name; `EAGAIN` while too many are being resolved.
    pub fn ask(&self, host: &str, port: u16) -> Result<Question, Errno> {
        let place = self.place()?;
        let answer = Arc::new(Answer::default());
        let (told, host) = (Arc::clone(&answer), host.to_owned());
        let resolve = move || {
            let _place = place;
            // A name without an address and a resolver that fails are the same to who asks.
            let addresses = (host.as_str(), port).to_socket_addrs();
            let addresses = addresses.map(|found| found.take(ADDRESSES).collect());
            *told.addresses.lock() = Some(addresses.unwrap_or_default());
            told.known.notify_all();
        };
        Builder::new()
            .name("akira-resolve".to_owned())
            .spawn(resolve)
            .map_err(|_| Errno::EAGAIN)?;
        Ok(Question(answer))
    }

    fn place(&self) -> Result<Place, Errno> {
        let one_more = |busy| (busy < AT_ONCE).then_some(busy + 1);
        match self.busy.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more) {
            Ok(_) => Ok(Place(Arc::clone(&self.busy))),
            Err(_) => Err(Errno::EAGAIN),
        }
    }
}

impl Question {
    /// Waits for the addresses; `None` when they are not known by `deadline`.
    pub fn answer(&self, deadline: Instant) -> Option<Vec<SocketAddr>> {
        let mut addresses = self.0.addresses.lock();
        while addresses.is_none() {
            if self.0.known.wait_until(&mut addresses, deadline).timed_out() {
                break;
            }
        }
        addresses.take()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn names_become_addresses_or_none() {
        let resolver = Resolver::default();
        let found = resolver.ask("localhost", 80).unwrap().answer(soon()).unwrap();
        assert!(!found.is_empty(), "every machine is its own localhost");
        assert!(found.iter().all(|address| address.ip().is_loopback() && address.port() == 80));
        for odd in ["", "no\0name", "two words", "x.invalid"] {
            assert_eq!(resolver.ask(odd, 80).unwrap().answer(soon()), Some(vec![]), "{odd:?}");
        }
    }

    #[test]
    fn there_are_only_so_many_places() {
        let resolver = Resolver::default();
        let places: Vec<_> = (0..AT_ONCE).map(|_| resolver.place().unwrap()).collect();
        assert_eq!(resolver.ask("localhost", 1).err(), Some(Errno::EAGAIN));
        drop(places);
        resolver.ask("localhost", 1).unwrap();
    }
}
