// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Native functions and their arguments.
//!
//! Natives are registered in WAMR's raw form: each has the same C parameters, an array of 64-bit
//! cells, whatever its WebAssembly type. A handler whose parameters differ from its signature, which
//! would read and write memory outside the sandbox, can therefore not be written.

use core::cell::{OnceCell, RefCell};
use core::ffi::{CStr, c_void};
use core::marker::PhantomData;
use core::ptr;

use akira_abi::Errno;
use akira_wamr_sys as wamr;

use crate::app_heap::AppHeap;
use crate::error::RunError;
use crate::instance::exception_text;
use crate::memory::GuestMemory;

/// One native function for instances with a context of type [`Native::Context`].
pub trait Native: 'static {
    /// What is known of the calling instance.
    type Context: Send + Sync + 'static;
    /// Its name in the import.
    const NAME: &'static CStr;
    /// Its WebAssembly type in WAMR's letters, `i` and `I` only. Empty when it takes imports of any
    /// type: then it has no [`Native::PARAMS`] and reads none.
    const SIGNATURE: &'static CStr;
    /// How many WebAssembly parameters it has.
    const PARAMS: usize;

    /// Carries out a call. The result's low 32 bits are used for an i32, nothing for no result.
    fn call(context: &Self::Context, args: &Args<'_>) -> u64;
}

/// A native function ready to be registered.
pub struct NativeDef<C> {
    name: &'static CStr,
    signature: &'static CStr,
    shim: RawNative,
    context: PhantomData<fn(C)>,
}

type RawNative = unsafe extern "C" fn(wamr::wasm_exec_env_t, *mut u64);

impl<C> NativeDef<C> {
    /// The definition of `T`.
    pub const fn new<T: Native<Context = C>>() -> Self {
        const {
            assert!(!T::SIGNATURE.is_empty() || T::PARAMS == 0, "parameters of an unknown type");
        }
        Self { name: T::NAME, signature: T::SIGNATURE, shim: shim::<T>, context: PhantomData }
    }

    pub(crate) fn symbol(&self) -> wamr::NativeSymbol {
        wamr::NativeSymbol {
            symbol: self.name.as_ptr(),
            func_ptr: self.shim as *mut c_void,
            signature: self.signature.as_ptr(),
            attachment: ptr::null_mut(),
        }
    }
}

/// What WAMR calls.
unsafe extern "C" fn shim<T: Native>(env: wamr::wasm_exec_env_t, cells: *mut u64) {
    // SAFETY: WAMR passes the exec env of the running instance, whose user data `Instance::new` set
    // to a context that outlives it. The engine has one context type, which `Engine::init` checks,
    // so it is `T::Context`.
    let context = unsafe { &*wamr::wasm_runtime_get_user_data(env).cast::<T::Context>() };
    // SAFETY: WAMR passes one cell for each parameter of the signature, which it has compared with
    // the import's type, and the array has 16 cells at least.
    let arguments = unsafe { core::slice::from_raw_parts(cells, T::PARAMS) };
    let result = T::call(context, &Args { env, cells: arguments, memory: OnceCell::new() });
    // SAFETY: the result goes to the first of those cells, which nobody borrows any more.
    unsafe { *cells = result };
}

/// The arguments of one call, and the instance that makes it.
pub struct Args<'a> {
    env: wamr::wasm_exec_env_t,
    cells: &'a [u64],
    memory: OnceCell<GuestMemory<'a>>,
}

impl<'a> Args<'a> {
    /// Parameter number `index`, an i32.
    #[inline]
    pub fn i32(&self, index: usize) -> i32 {
        self.cells[index] as i32
    }

    /// Parameter number `index`, an i64.
    #[inline]
    pub fn i64(&self, index: usize) -> i64 {
        self.cells[index] as i64
    }

    /// The bytes whose address and length are the parameters `index` and `index + 1`, to be read.
    /// `EFAULT` when they are not all in the app's memory.
    #[inline]
    pub fn bytes(&self, index: usize) -> Result<&'a [u8], Errno> {
        self.memory().bytes(self.i32(index), self.i32(index + 1))
    }

    /// Like [`Args::bytes`], to be written. `EFAULT` also when they overlap other bytes of the call.
    #[inline]
    pub fn bytes_mut(&self, index: usize) -> Result<&'a mut [u8], Errno> {
        self.memory().bytes_mut(self.i32(index), self.i32(index + 1))
    }

    /// The 4 bytes whose address is parameter `index`, to be written. `EFAULT` when they are not all
    /// in the app's memory or overlap other bytes of the call.
    #[inline]
    pub fn word_mut(&self, index: usize) -> Result<&'a mut [u8; 4], Errno> {
        self.memory().word_mut(self.i32(index))
    }

    /// The zero-terminated text of at most `max` bytes whose address is parameter `index`. `EFAULT`
    /// when it does not end within them and within the app's memory.
    #[inline]
    pub fn text(&self, index: usize, max: usize) -> Result<&'a [u8], Errno> {
        self.memory().text(self.i32(index), max)
    }

    fn memory(&self) -> &GuestMemory<'a> {
        self.memory.get_or_init(|| {
            // SAFETY: the instance that is calling is live. This is the call's only GuestMemory. The
            // memory does not change for as long as the call lasts, except by the app's own code,
            // which `untouched` keeps from running once bytes have been lent.
            unsafe { GuestMemory::of(self.instance()) }
        })
    }

    fn instance(&self) -> wamr::wasm_module_inst_t {
        // SAFETY: `env` is the exec env of the instance that is calling.
        unsafe { wamr::wasm_runtime_get_module_inst(self.env) }
    }

    /// Whether none of the app's memory is lent to this call.
    fn untouched(&self) -> bool {
        self.memory.get().is_none()
    }

    /// Allocates from the app's heap in its linear memory; 0 when there is no room or no heap.
    pub fn heap_alloc(&self, size: u32) -> u32 {
        self.heap().and_then(|heap| heap.try_borrow_mut().ok()?.alloc(size)).unwrap_or(0)
    }

    /// Gives back what [`Args::heap_alloc`] returned; anything else is ignored.
    pub fn heap_free(&self, address: u32) {
        if address == 0 {
            return;
        }
        if let Some(mut heap) = self.heap().and_then(|heap| heap.try_borrow_mut().ok()) {
            heap.free(address);
        }
    }

    /// The calling instance's heap, if it has one.
    fn heap(&self) -> Option<&RefCell<AppHeap>> {
        // SAFETY: the instance that is calling is live.
        let heap = unsafe { wamr::wasm_runtime_get_custom_data(self.instance()) };
        // SAFETY: null, or what `Instance::new` set: a heap that the instance holds as long as it
        // runs, and that is used on the thread that runs it only, which this is.
        unsafe { heap.cast::<RefCell<AppHeap>>().as_ref() }
    }

    /// Ends the app: its code does not run on after this native function returns. `reason` becomes
    /// the [`RunError`] of the run.
    pub fn end(&self, reason: &CStr) {
        // SAFETY: the instance is live and WAMR copies the text.
        unsafe { wamr::wasm_runtime_set_exception(self.instance(), reason.as_ptr()) };
    }

    /// Calls an exported function without parameters and results, if there is one, on the app's own
    /// thread while it waits in this native function. `None` when there is no such function, or when
    /// this call holds bytes of the app's memory.
    pub fn call_export(&self, name: &CStr) -> Option<Result<(), RunError>> {
        let instance = self.instance();
        // SAFETY: the instance is live and the name ends with a zero.
        let function = unsafe { wamr::wasm_runtime_lookup_function(instance, name.as_ptr()) };
        if function.is_null() || !self.untouched() {
            return None;
        }
        // SAFETY: the function belongs to the instance.
        let params = unsafe { wamr::wasm_func_get_param_count(function, instance) };
        // SAFETY: as above.
        let results = unsafe { wamr::wasm_func_get_result_count(function, instance) };
        if params != 0 || results != 0 {
            return None;
        }
        // SAFETY: a nested call on the thread that runs the instance, without parameters.
        let done = unsafe { wamr::wasm_runtime_call_wasm(self.env, function, 0, ptr::null_mut()) };
        Some(if done { Ok(()) } else { Err(RunError(exception_text(instance))) })
    }
}
