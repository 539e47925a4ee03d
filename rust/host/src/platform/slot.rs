// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! One instance slot: the thread that its app runs on.

use std::cell::Cell;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use akira_abi::Errno;
use akira_runtime::platform::Job;
use parking_lot::Mutex;

use super::gate::Gate;

/// Native stack of an app's thread. An app's own stack is in its memory; this one carries the
/// interpreter and the native functions, also in unoptimised builds.
const STACK: usize = 1024 * 1024;

thread_local! {
    static CURRENT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The slot whose thread is calling; `None` on any other thread.
pub fn current() -> Option<usize> {
    CURRENT.get()
}

/// A slot. All of it may be used from any thread.
pub struct Slot {
    index: usize,
    thread: Mutex<Option<JoinHandle<()>>>,
    running: Arc<Gate>,
}

/// Tells that the thread's job is over, also when it panicked.
struct Running(Arc<Gate>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Slot {
    /// The slot with number `index`, without a thread.
    pub fn new(index: usize) -> Self {
        Self { index, thread: Mutex::new(None), running: Arc::default() }
    }

    /// Starts the slot's thread; `EBUSY` while it has one, `EAGAIN` when the system gives none.
    pub fn spawn(&self, priority: u8, job: Job) -> Result<(), Errno> {
        let mut handle = self.thread.lock();
        if !self.running.take(false, true, 0) {
            return Err(Errno::EBUSY);
        }
        // Moved into the thread, or dropped with the closure when there is no thread to be had:
        // the slot is free again either way.
        let running = Running(Arc::clone(&self.running));
        let index = self.index;
        let body = move || {
            let _running = running;
            CURRENT.set(Some(index));
            yield_to_the_device(priority);
            job();
        };
        let thread = Builder::new()
            .name(format!("app-{index}"))
            .stack_size(STACK)
            .spawn(body)
            .map_err(|_| Errno::EAGAIN)?;
        *handle = Some(thread);
        Ok(())
    }

    /// Waits until the slot has no thread; `false` when it still has after `timeout_ms`.
    pub fn join(&self, timeout_ms: u32) -> bool {
        if !self.running.take(false, false, timeout_ms.into()) {
            return false;
        }
        // Meanwhile the slot may have got its next thread, which is not the one to wait for.
        let ended = {
            let mut handle = self.thread.lock();
            handle.take_if(|_| self.running.take(false, false, 0))
        };
        // Only the thread's last steps are left, so this is short. A panic of its job was reported
        // where it happened.
        if let Some(thread) = ended {
            let _ = thread.join();
        }
        true
    }
}

/// Ranks the calling app thread below the device's own threads, by 1 for the most urgent priority
/// and by 10 for the least, so that looping apps do not keep the device from answering.
fn yield_to_the_device(priority: u8) {
    // On Linux this ranks the calling thread alone. Where it is not allowed the app runs unranked.
    let _ = rustix::process::nice(11 - i32::from(priority.clamp(1, 10)));
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;

    const LONG: u32 = 60_000;

    #[test]
    fn a_job_runs_on_a_thread_of_its_own_and_is_joined() {
        let slot = Slot::new(2);
        assert!(slot.join(0), "no thread counts as ended");
        let (tell, told) = mpsc::channel();
        let job = move || {
            tell.send((thread::current().name().map(str::to_owned), current())).unwrap();
        };
        slot.spawn(5, Box::new(job)).unwrap();
        assert_eq!(told.recv().unwrap(), (Some("app-2".to_owned()), Some(2)));
        assert_eq!(current(), None, "a test's thread is no app's");
        assert!(slot.join(LONG));
        assert!(slot.join(0));
    }

    #[test]
    fn a_running_slot_is_busy_and_join_gives_up_in_time() {
        let slot = Slot::new(0);
        let (release, released) = mpsc::channel::<()>();
        slot.spawn(1, Box::new(move || assert!(released.recv().is_err()))).unwrap();
        assert_eq!(slot.spawn(1, Box::new(|| ())), Err(Errno::EBUSY));
        assert!(!slot.join(0));
        assert!(!slot.join(20));
        drop(release);
        assert!(slot.join(LONG));
        slot.spawn(1, Box::new(|| ())).unwrap();
        assert!(slot.join(LONG));
    }

    /// Each job waits for a join to have come back since it began: one that had got hold of the
    /// job's own thread never would.
    #[test]
    fn a_join_never_waits_for_the_next_thread() {
        let slot = Slot::new(0);
        let (joins, done) = (Arc::new(AtomicUsize::new(0)), AtomicBool::new(false));
        let stuck = Arc::new(AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    slot.join(0);
                    joins.fetch_add(1, Ordering::Relaxed);
                }
            });
            for _ in 0..200 {
                let (joins, tell) = (Arc::clone(&joins), Arc::clone(&stuck));
                while slot.running.take(true, true, 0) {
                    thread::yield_now();
                }
                let job = move || {
                    let (before, began) = (joins.load(Ordering::Relaxed), Instant::now());
                    while joins.load(Ordering::Relaxed) == before {
                        if began.elapsed() > Duration::from_millis(LONG.into()) {
                            return tell.store(true, Ordering::Relaxed);
                        }
                        thread::yield_now();
                    }
                };
                slot.spawn(5, Box::new(job)).unwrap();
                if stuck.load(Ordering::Relaxed) {
                    break;
                }
            }
            done.store(true, Ordering::Relaxed);
        });
        assert!(!stuck.load(Ordering::Relaxed));
    }

    #[test]
    fn a_job_that_panics_frees_its_slot() {
        let slot = Slot::new(0);
        slot.spawn(5, Box::new(|| std::panic::resume_unwind(Box::new("on purpose")))).unwrap();
        assert!(slot.join(LONG));
        slot.spawn(5, Box::new(|| ())).unwrap();
        assert!(slot.join(LONG));
    }

    #[test]
    fn app_threads_rank_below_the_device_by_their_priority() {
        let nice = |priority| {
            let slot = Slot::new(0);
            let (tell, told) = mpsc::channel();
            let job = move || tell.send(rustix::process::nice(0).unwrap()).unwrap();
            slot.spawn(priority, Box::new(job)).unwrap();
            assert!(slot.join(LONG));
            told.recv().unwrap()
        };
        let own = rustix::process::nice(0).unwrap();
        // The system ranks no lower than 19.
        assert_eq!(nice(10), (own + 1).min(19));
        assert_eq!(nice(1), (own + 10).min(19));
        assert_eq!(rustix::process::nice(0).unwrap(), own, "only the app's thread is ranked");
    }
}
