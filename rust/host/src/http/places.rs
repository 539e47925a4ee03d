// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The places for clients, and who has to go when all are taken.
//!
//! Contract: at most as many clients are served as there are places. A client with a request in
//! work keeps its place. When a new client finds none free, the one that has been without a request
//! for the longest time goes, but not before it had [`Limits::settle`](super::Limits::settle) to
//! make one: so clients that connect and say nothing cannot keep others out, and a flood of them
//! cannot push out a client before its request is read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time;

/// All places.
pub(super) struct Places {
    table: Mutex<Table>,
    /// A place became free, or a client has no request any more.
    changed: Notify,
    settle: Duration,
}

struct Table {
    free: usize,
    next: u64,
    taken: Vec<Taken>,
}

struct Taken {
    id: u64,
    /// Since when there is no request in work; `None` while there is one.
    idle: Option<Instant>,
    leave: Arc<Notify>,
}

/// One client's place, which is free again when this is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    id: u64,
    leave: Arc<Notify>,
}

/// A request in work. While this lives, its client keeps its place.
pub(super) struct Busy(Arc<Place>);

impl Places {
    pub(super) fn new(count: usize, settle: Duration) -> Arc<Self> {
        let table = Table { free: count, next: 0, taken: Vec::new() };
        Arc::new(Self { table: Mutex::new(table), changed: Notify::new(), settle })
    }

    /// Waits for a place, made free if need be.
    pub(super) async fn take(self: &Arc<Self>) -> Arc<Place> {
        loop {
            let changed = self.changed.notified();
            let wait = match self.try_take() {
                Ok(place) => return Arc::new(place),
                Err(wait) => wait,
            };
            match wait {
                // Someone may have to go then, unless something changes before.
                Some(wait) => drop(time::timeout(wait, changed).await),
                None => changed.await,
            }
        }
    }

    /// A place, or how long until a client may be told to leave; `None` while all have requests.
    fn try_take(self: &Arc<Self>) -> Result<Place, Option<Duration>> {
        let mut table = self.table.lock();
        if table.free == 0 {
            let idle = table.taken.iter().enumerate().filter_map(|(at, taken)| {
                let since = taken.idle?;
                Some((since, at))
            });
            let (since, at) = idle.min().ok_or(None)?;
            let left = self.settle.saturating_sub(since.elapsed());
            if !left.is_zero() {
                return Err(Some(left));
            }
            table.taken.swap_remove(at).leave.notify_one();
            table.free += 1;
        }
        let (id, leave) = (table.next, Arc::new(Notify::new()));
        table.free -= 1;
        table.next += 1;
        let idle = Some(Instant::now());
        table.taken.push(Taken { id, idle, leave: Arc::clone(&leave) });
        Ok(Place { places: Arc::clone(self), id, leave })
    }

    fn set_idle(&self, id: u64, idle: Option<Instant>) {
        let mut table = self.table.lock();
        if let Some(taken) = table.taken.iter_mut().find(|taken| taken.id == id) {
            taken.idle = idle;
        }
    }
}

impl Place {
    /// A request has come.
    pub(super) fn busy(self: &Arc<Self>) -> Busy {
        self.places.set_idle(self.id, None);
        Busy(Arc::clone(self))
    }

    /// Returns when the client has to go.
    pub(super) async fn lost(&self) {
        self.leave.notified().await;
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.places.set_idle(self.0.id, Some(Instant::now()));
        self.0.places.changed.notify_one();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = self.places.table.lock();
        // Whoever had to leave has no entry any more, and its place is another's.
        if let Some(at) = table.taken.iter().position(|taken| taken.id == self.id) {
            table.taken.swap_remove(at);
            table.free += 1;
            self.places.changed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(count: usize) -> Arc<Places> {
        Places::new(count, Duration::ZERO)
    }

    fn lost(place: &Place) -> bool {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        std::pin::pin!(place.lost()).poll(&mut context).is_ready()
    }

    #[test]
    fn the_client_that_waited_longest_without_a_request_goes() {
        let places = places(3);
        let take = || Arc::new(places.try_take().ok().unwrap());
        let (first, second, third) = (take(), take(), take());
        let busy = first.busy();
        let fourth = take();
        assert_eq!([&first, &second, &third].map(|place| lost(place)), [false, true, false]);
        drop(second);
        drop(busy);
        let _fifth = take();
        assert!(lost(&third) && !lost(&first) && !lost(&fourth), "the first was busy just now");
    }

    #[test]
    fn clients_with_requests_stay_and_places_come_back() {
        let places = places(1);
        let place = Arc::new(places.try_take().ok().unwrap());
        let busy = place.busy();
        assert!(matches!(places.try_take(), Err(None)));
        drop(place);
        drop(busy);
        assert!(places.try_take().is_ok());
    }

    #[test]
    fn a_client_has_time_to_settle() {
        let places = Places::new(1, Duration::from_secs(3600));
        let place = places.try_take().ok().unwrap();
        assert!(matches!(places.try_take(), Err(Some(_))));
        assert!(!lost(&place));
    }
}
