// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! WAMR itself: initialised once for the whole process or image.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::any::TypeId;
use core::ffi::{CStr, c_void};
use core::fmt;
use core::marker::PhantomData;
use core::sync::atomic::{AtomicU8, Ordering};

use akira_wamr_sys as wamr;

use crate::error::LoadError;
use crate::heap::{self, Buffer, CurrentAccount};
use crate::module::Module;
use crate::native::NativeDef;

/// How the engine is set up.
pub struct Config {
    /// Size of the pool in bytes.
    pub pool: usize,
    /// Which account the current thread's memory is charged to.
    pub current_account: CurrentAccount,
}

/// The engine cannot be initialised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitError {
    /// WAMR refused; most likely there is too little memory.
    Refused,
    /// It has been initialised with another type of context.
    OtherContext,
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InitError::Refused => "WAMR could not be initialised; give the device more memory.",
            InitError::OtherContext => "WAMR is in use with another type of instance context.",
        })
    }
}

impl core::error::Error for InitError {}

/// The initialised engine, whose native functions take contexts of type `C`. Copies are handles to
/// the same engine.
pub struct Engine<C>(PhantomData<fn(C)>);

impl<C> Clone for Engine<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Engine<C> {}

const NEW: u8 = 0;
const AT_WORK: u8 = 1;
const READY: u8 = 2;
const FAILED: u8 = 3;

static STATE: AtomicU8 = AtomicU8::new(NEW);
/// The context type of the engine, set before STATE becomes READY.
static CONTEXT: ContextType = ContextType(core::cell::UnsafeCell::new(None));

struct ContextType(core::cell::UnsafeCell<Option<TypeId>>);

// SAFETY: the cell is written once, by the thread that moved STATE from NEW to AT_WORK, and read
// only after STATE is READY.
unsafe impl Sync for ContextType {}

impl<C: Send + Sync + 'static> Engine<C> {
    /// Initialises WAMR and registers native functions, under the names of the modules that apps
    /// import them from. Later calls with the same `C` only change the pool's limit and return
    /// another handle.
    pub fn init(
        config: &Config,
        natives: &[(&'static CStr, Vec<NativeDef<C>>)],
    ) -> Result<Self, InitError> {
        match STATE.compare_exchange(NEW, AT_WORK, Ordering::Acquire, Ordering::Acquire) {
            Ok(_) => {
                heap::configure(config.pool, config.current_account);
                let done = start(natives);
                // SAFETY: this thread alone has moved STATE to AT_WORK; nobody reads before READY.
                unsafe { *CONTEXT.0.get() = Some(TypeId::of::<C>()) };
                STATE.store(if done { READY } else { FAILED }, Ordering::Release);
            }
            Err(_) => {
                while STATE.load(Ordering::Acquire) == AT_WORK {
                    core::hint::spin_loop();
                }
            }
        }
        if STATE.load(Ordering::Acquire) != READY {
            return Err(InitError::Refused);
        }
        // SAFETY: STATE is READY, so the cell is never written again.
        let context = unsafe { *CONTEXT.0.get() };
        if context != Some(TypeId::of::<C>()) {
            return Err(InitError::OtherContext);
        }
        heap::configure(config.pool, config.current_account);
        Ok(Self(PhantomData))
    }

    /// Loads a module: WAMR validates it and translates its code. `bytes` are given back as soon
    /// as WAMR no longer needs them.
    pub fn load(self, bytes: Buffer) -> Result<Module<C>, LoadError> {
        Module::load(bytes)
    }

    /// WAMR's version, for example `2.4.3`.
    pub fn wamr_version(self) -> String {
        let (mut major, mut minor, mut patch) = (0, 0, 0);
        // SAFETY: the three pointers are valid for writes.
        unsafe { wamr::wasm_runtime_get_version(&raw mut major, &raw mut minor, &raw mut patch) };
        format!("{major}.{minor}.{patch}")
    }
}

fn start<C>(natives: &[(&'static CStr, Vec<NativeDef<C>>)]) -> bool {
    let mut args =
        wamr::RuntimeInitArgs { mem_alloc_type: wamr::Alloc_With_Allocator, ..Default::default() };
    args.mem_alloc_option.allocator = wamr::MemAllocOption__bindgen_ty_2 {
        malloc_func: heap::wamr_malloc as *mut c_void,
        realloc_func: heap::wamr_realloc as *mut c_void,
        free_func: heap::wamr_free as *mut c_void,
        user_data: core::ptr::null_mut(),
    };
    // SAFETY: the arguments are valid for the call, and the allocator functions have the parameters
    // of a WAMR with WASM_MEM_ALLOC_WITH_USAGE, which the build of both platforms ensures.
    if !unsafe { wamr::wasm_runtime_full_init(&raw mut args) } {
        return false;
    }
    // What goes wrong is told through return values; the log would only repeat it.
    // SAFETY: WAMR is initialised.
    unsafe { wamr::wasm_runtime_set_log_level(wamr::WASM_LOG_LEVEL_FATAL) };
    natives.iter().all(|(module, natives)| register(module, natives))
}

fn register<C>(module: &'static CStr, natives: &[NativeDef<C>]) -> bool {
    // WAMR keeps the table and sorts it in place, so it is given away for good.
    let symbols: Box<[wamr::NativeSymbol]> = natives.iter().map(NativeDef::symbol).collect();
    let symbols = Box::leak(symbols);
    // SAFETY: `symbols` lives for ever and each entry names a shim with the raw calling convention
    // and the signature of the same table entry.
    unsafe {
        wamr::wasm_runtime_register_natives_raw(
            module.as_ptr(),
            symbols.as_mut_ptr(),
            symbols.len() as u32,
        )
    }
}
