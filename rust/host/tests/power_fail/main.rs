// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The power goes at every flash operation of everything that a device stores, and afterwards it has
//! the old or the new, never neither, never a mix, and nothing more.
//!
//! Has a main function of its own because it prints what it did, also when all is well. Words on the
//! command line name scenarios, by a part of their names. There is one engine in a process, so each
//! scenario has a process, and as many run at once as there are processors.

mod apps;
mod device;
mod first_boot;
mod scenarios;
mod suite;
mod trace;

use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Instant;

use suite::Outcome;

/// What a process is told that has one scenario to do; its name follows.
const ONE: &str = "--one";
/// What the last line of such a process begins with; cuts and violations follow.
const SUM: &str = "sum:";

const FIRST_BOOT: &str = "first boot";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name] = &args[..]
        && flag == ONE
    {
        return one(name);
    }
    let wanted: Vec<&String> = args.iter().filter(|word| !word.starts_with('-')).collect();
    let mut names = vec![FIRST_BOOT.to_owned()];
    names.extend(scenarios::all().into_iter().map(|scenario| scenario.name));
    names.retain(|name| wanted.is_empty() || wanted.iter().any(|word| name.contains(&***word)));
    all(&names)
}

/// Does one scenario and prints what came of it.
fn one(name: &str) -> ExitCode {
    let began = Instant::now();
    let outcome = if name == FIRST_BOOT {
        first_boot::cut_everywhere()
    } else {
        let all = scenarios::all();
        all.iter().find(|scenario| scenario.name == name).expect("a scenario").cut_everywhere()
    };
    let Outcome { operations, cuts, cuts_in_boots, contents, violations, told } = outcome;
    println!(
        "power-fail {name:28} {operations:4} operations, {cuts:5} cuts, {cuts_in_boots:5} of them in \
         boots, {contents:5} contents, {violations} violations, {:4.1} s",
        began.elapsed().as_secs_f32(),
    );
    for line in told {
        println!("    {line}");
    }
    println!("{SUM} {cuts} {violations}");
    if violations == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Does the named scenarios, each in a process of its own.
fn all(names: &[String]) -> ExitCode {
    let began = Instant::now();
    let next = AtomicUsize::new(0);
    let (tell, told) = channel();
    let (mut passed, mut failed, mut cuts, mut violations) = (0, 0, 0, 0);
    println!();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            let (tell, next) = (tell.clone(), &next);
            scope.spawn(move || {
                while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let program = std::env::current_exe().expect("the name of this program");
                    let done =
                        Command::new(program).args([ONE, name]).stderr(Stdio::inherit()).output();
                    tell.send((name, done.expect("a process"))).expect("somebody who listens");
                }
            });
        }
        drop(tell);
        for (name, done) in told {
            let text = String::from_utf8_lossy(&done.stdout);
            let (lines, sums) = text.split_once(SUM).unwrap_or((&text, ""));
            print!("{lines}");
            let mut sums = sums.split_whitespace().filter_map(|number| number.parse().ok());
            cuts += sums.next().unwrap_or(0);
            violations += sums.next().unwrap_or(0);
            if done.status.success() {
                passed += 1;
            } else {
                println!("    FAILED: {name}");
                failed += 1;
            }
        }
    });
    let seconds = began.elapsed().as_secs_f32();
    let scenarios = passed + failed;
    println!(
        "\npower-fail: {scenarios} scenarios, {cuts} power cuts, {violations} violations, \
         {seconds:.1} s\n"
    );
    let result = if failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {result}. {passed} passed; {failed} failed; 0 ignored");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
