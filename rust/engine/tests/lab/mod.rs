// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What the engine's tests share: the engine with natives of theirs. WAMR is one for the whole
//! process and the pool is counted, so tests run one after the other, under one lock.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::cell::Cell;
use std::ffi::CStr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use akira_engine::heap::{self, Buffer};
use akira_engine::{
    Args, Config, Engine, Instance, InstanceConfig, LoadError, Module, Native, NativeDef, RunError,
    TerminateSlot,
};
use parking_lot::RawMutex;

/// What the test's natives leave for the test to see.
#[derive(Default)]
pub struct Seen {
    pub sum: AtomicI64,
    pub text: Mutex<String>,
}

struct Add;
impl Native for Add {
    type Context = Seen;
    const NAME: &'static CStr = c"add";
    const SIGNATURE: &'static CStr = c"(iI)I";
    const PARAMS: usize = 2;
    fn call(context: &Seen, args: &Args<'_>) -> u64 {
        let sum = i64::from(args.i32(0)) + args.i64(1);
        context.sum.fetch_add(sum, Ordering::Relaxed);
        sum as u64
    }
}

struct Say;
impl Native for Say {
    type Context = Seen;
    const NAME: &'static CStr = c"say";
    const SIGNATURE: &'static CStr = c"(ii)i";
    const PARAMS: usize = 2;
    fn call(context: &Seen, args: &Args<'_>) -> u64 {
        match args.bytes(0) {
            Ok(bytes) => {
                *context.text.lock().unwrap() = String::from_utf8_lossy(bytes).into_owned();
                bytes.len() as u64
            }
            Err(errno) => u64::from(errno.code() as u32),
        }
    }
}

struct Alloc;
impl Native for Alloc {
    type Context = Seen;
    const NAME: &'static CStr = c"alloc";
    const SIGNATURE: &'static CStr = c"(i)i";
    const PARAMS: usize = 1;
    fn call(_: &Seen, args: &Args<'_>) -> u64 {
        u64::from(args.heap_alloc(args.i32(0) as u32))
    }
}

struct Free;
impl Native for Free {
    type Context = Seen;
    const NAME: &'static CStr = c"free";
    const SIGNATURE: &'static CStr = c"(i)";
    const PARAMS: usize = 1;
    fn call(_: &Seen, args: &Args<'_>) -> u64 {
        args.heap_free(args.i32(0) as u32);
        0
    }
}

struct Leave;
impl Native for Leave {
    type Context = Seen;
    const NAME: &'static CStr = c"leave";
    const SIGNATURE: &'static CStr = c"()";
    const PARAMS: usize = 0;
    fn call(_: &Seen, args: &Args<'_>) -> u64 {
        let _ = args.call_export(c"on_stop");
        args.end(c"left");
        0
    }
}

/// Takes imports of any plain type.
struct Any;
impl Native for Any {
    type Context = Seen;
    const NAME: &'static CStr = c"any";
    const SIGNATURE: &'static CStr = c"";
    const PARAMS: usize = 0;
    fn call(_: &Seen, _: &Args<'_>) -> u64 {
        7
    }
}

thread_local!(pub static ACCOUNT: Cell<Option<usize>> = const { Cell::new(None) });

static LOCK: Mutex<()> = Mutex::new(());

/// The engine, and the promise that no other test uses it.
pub struct Lab {
    pub engine: Engine<Seen>,
    pub terminate: TerminateSlot<RawMutex>,
    before: usize,
    _alone: MutexGuard<'static, ()>,
}

impl Lab {
    pub fn open() -> Self {
        let alone = LOCK.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        ACCOUNT.set(None);
        let natives = vec![
            NativeDef::new::<Add>(),
            NativeDef::new::<Say>(),
            NativeDef::new::<Alloc>(),
            NativeDef::new::<Free>(),
            NativeDef::new::<Leave>(),
            NativeDef::new::<Any>(),
        ];
        let config = Config { pool: 1 << 20, current_account: || ACCOUNT.get() };
        let engine = Engine::init(&config, &[(c"test", natives)]).unwrap();
        Self { engine, terminate: TerminateSlot::new(), before: heap::pool().used, _alone: alone }
    }

    pub fn load_bytes(&self, bytes: &[u8]) -> Result<Module<Seen>, LoadError> {
        let mut buffer = Buffer::new(bytes.len()).ok_or(LoadError::NoMemory)?;
        buffer.copy_from_slice(bytes);
        self.engine.load(buffer)
    }

    pub fn load(&self, text: &str) -> Result<Module<Seen>, LoadError> {
        self.load_bytes(&wat::parse_str(text).unwrap())
    }

    pub fn run(&self, text: &str) -> (Result<i32, RunError>, Arc<Seen>) {
        let module = self.load(text).unwrap();
        let entry = module.entry(None).unwrap();
        let seen = Arc::new(Seen::default());
        // As in the runtime: only a module that asks for the heap gets one.
        let heap = if module.imports("test", "alloc") { 8192 } else { 0 };
        let config = InstanceConfig { stack: 4096, heap };
        let mut instance = Instance::new(&module, config, seen.clone(), &self.terminate).unwrap();
        (instance.run(&entry), seen)
    }

    pub fn run_failing(&self, text: &str) -> String {
        self.run(text).0.unwrap_err().0
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if !thread::panicking() {
            assert_eq!(heap::pool().used, self.before, "bytes were lost");
        }
    }
}
