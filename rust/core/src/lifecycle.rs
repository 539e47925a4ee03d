// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The states of an app and the steps between them.
//!
//! ```text
//! absent -install-> installed -load-> loaded -start-> running -exit/stop-> stopped -unload-> installed
//! loaded or running -fail-> failed(reason) -unload-> installed
//! ```
//!
//! The machine only says which steps there are. The app manager frees an instance's memory as soon
//! as it stops or fails; `stopped` and `failed` remember how it ended until the next start.

use alloc::string::String;

/// An app that has run this long is healthy. Its next restart is the first in a row again, and a new
/// version has shown that it works, as it also has when it ends by itself with exit code 0.
pub const HEALTHY_MS: u64 = 60_000;

/// Where an app is in its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Stored on the device, not in memory.
    Installed,
    /// In memory, not yet running.
    Loaded,
    /// Its code runs on its own thread.
    Running,
    /// It ended by itself with an exit code, or was stopped (no code).
    Stopped(Option<i32>),
    /// It was ended because of something it did; the text says what.
    Failed(String),
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Bring it into memory.
    Load,
    /// Let its code run.
    Start,
    /// Its entry point returned, or it called `app_exit`, with this code.
    Exit(i32),
    /// It was told to stop and did.
    Stop,
    /// Trap, quota breach, watchdog kill, failed load or a stop that was not obeyed.
    Fail(String),
    /// Forget how it ended.
    Unload,
}

/// There is no such step from that state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchStep {
    /// The state it was in, by name.
    pub state: &'static str,
}

impl State {
    /// The name in answers.
    pub const fn name(&self) -> &'static str {
        match self {
            State::Installed => "installed",
            State::Loaded => "loaded",
            State::Running => "running",
            State::Stopped(_) => "stopped",
            State::Failed(_) => "failed",
        }
    }

    /// Whether it holds an instance slot.
    pub const fn is_active(&self) -> bool {
        matches!(self, State::Loaded | State::Running)
    }

    /// The state after `step`. On an error the state stays as it was.
    pub fn step(&mut self, step: Step) -> Result<(), NoSuchStep> {
        let next = match (&*self, step) {
            (State::Installed, Step::Load) => State::Loaded,
            (State::Loaded, Step::Start) => State::Running,
            (State::Running, Step::Exit(code)) => State::Stopped(Some(code)),
            (State::Loaded | State::Running, Step::Stop) => State::Stopped(None),
            (State::Loaded | State::Running, Step::Fail(reason)) => State::Failed(reason),
            (State::Stopped(_) | State::Failed(_), Step::Unload) => State::Installed,
            _ => return Err(NoSuchStep { state: self.name() }),
        };
        *self = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_whole_life() {
        let mut state = State::Installed;
        for step in [Step::Load, Step::Start, Step::Exit(3)] {
            state.step(step).unwrap();
        }
        assert_eq!(state, State::Stopped(Some(3)));
        state.step(Step::Unload).unwrap();
        state.step(Step::Load).unwrap();
        state.step(Step::Fail("unreachable".to_string())).unwrap();
        assert_eq!(state.name(), "failed");
        assert!(!state.is_active());
    }

    #[test]
    fn wrong_steps_change_nothing() {
        let mut state = State::Running;
        assert_eq!(state.step(Step::Load), Err(NoSuchStep { state: "running" }));
        assert_eq!(state, State::Running);
        assert!(State::Installed.step(Step::Stop).is_err());
        assert!(State::Stopped(None).step(Step::Stop).is_err());
    }

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            Just(Step::Load),
            Just(Step::Start),
            any::<i32>().prop_map(Step::Exit),
            Just(Step::Stop),
            Just(Step::Fail("x".to_string())),
            Just(Step::Unload),
        ]
    }

    proptest! {
        #[test]
        fn running_is_reached_only_through_load_and_start(
            steps in proptest::collection::vec(any_step(), 0..40)
        ) {
            let mut state = State::Installed;
            for step in steps {
                let before = state.clone();
                let done = state.step(step.clone()).is_ok();
                prop_assert!(done || state == before);
                if state == State::Running && done {
                    prop_assert_eq!(before, State::Loaded);
                    prop_assert_eq!(step, Step::Start);
                }
            }
        }

        /// Every step from every state, against the diagram at the top as a list.
        #[test]
        fn steps_are_those_of_the_diagram(steps in proptest::collection::vec(any_step(), 0..60)) {
            const DIAGRAM: [(&str, &str, &str); 9] = [
                ("installed", "load", "loaded"),
                ("loaded", "start", "running"),
                ("running", "exit", "stopped"),
                ("loaded", "stop", "stopped"),
                ("running", "stop", "stopped"),
                ("loaded", "fail", "failed"),
                ("running", "fail", "failed"),
                ("stopped", "unload", "installed"),
                ("failed", "unload", "installed"),
            ];
            let mut state = State::Installed;
            for step in steps {
                let (label, ending) = match &step {
                    Step::Load => ("load", None),
                    Step::Start => ("start", None),
                    Step::Exit(code) => ("exit", Some(State::Stopped(Some(*code)))),
                    Step::Stop => ("stop", Some(State::Stopped(None))),
                    Step::Fail(reason) => ("fail", Some(State::Failed(reason.clone()))),
                    Step::Unload => ("unload", None),
                };
                let before = state.clone();
                let next = DIAGRAM
                    .iter()
                    .find(|(from, by, _)| *from == before.name() && *by == label)
                    .map(|(_, _, to)| *to);
                let done = state.step(step);
                prop_assert_eq!(done.is_ok(), next.is_some());
                prop_assert_eq!(state.name(), next.unwrap_or(before.name()));
                match (done, ending) {
                    (Err(refused), _) => {
                        prop_assert_eq!(refused.state, before.name());
                        prop_assert_eq!(&state, &before);
                    }
                    // How it ended is told as it was, until it is unloaded.
                    (Ok(()), Some(ending)) => prop_assert_eq!(&state, &ending),
                    (Ok(()), None) => {}
                }
                prop_assert_eq!(state.is_active(), matches!(state.name(), "loaded" | "running"));
            }
        }

        /// Whatever has happened, an app can be brought back to where it can be started.
        #[test]
        fn no_state_is_a_dead_end(steps in proptest::collection::vec(any_step(), 0..60)) {
            let mut state = State::Installed;
            for step in steps {
                let _ = state.step(step);
            }
            for step in [Step::Stop, Step::Unload] {
                let _ = state.step(step);
            }
            prop_assert_eq!(&state, &State::Installed);
            prop_assert!(state.step(Step::Load).and_then(|()| state.step(Step::Start)).is_ok());
        }
    }
}
