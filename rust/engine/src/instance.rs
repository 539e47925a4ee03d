// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A module that can run, and the way to end it from another thread.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::sync::Arc;
use core::cell::RefCell;
use core::ffi::CStr;
use core::marker::PhantomData;
use core::ptr::NonNull;

use akira_wamr_sys as wamr;
use lock_api::{Mutex, RawMutex};

use crate::app_heap::AppHeap;
use crate::error::{ErrorText, LoadError, RunError, clean};
use crate::module::{Entry, Module};
use crate::pages::PAGES_MAX;
use crate::region;

/// How much an instance gets.
#[derive(Clone, Copy, Debug)]
pub struct InstanceConfig {
    /// Size of the WebAssembly operand stack in bytes.
    pub stack: u32,
    /// Size of the heap inside the linear memory in bytes; 0 is none.
    pub heap: u32,
}

/// The place through which a running instance can be ended from another thread. Each instance slot
/// has one; it is empty while nothing runs there.
pub struct TerminateSlot<R>(Mutex<R, Option<Running>>);

/// A live instance.
struct Running(NonNull<wamr::WASMModuleInstanceCommon>);

// SAFETY: the pointer is only passed to `wasm_runtime_terminate`, which may be called on any thread
// while the instance lives; the lock around it ensures that it does.
unsafe impl Send for Running {}

impl<R: RawMutex> TerminateSlot<R> {
    /// An empty slot.
    pub const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Ends the code that runs in this slot at its next branch or call. Returns at once; `false`
    /// when nothing runs there.
    pub fn terminate(&self) -> bool {
        let running = self.0.lock();
        if let Some(Running(instance)) = &*running {
            // SAFETY: the instance takes itself out, under this lock, before it is destroyed.
            unsafe { wamr::wasm_runtime_terminate(instance.as_ptr()) };
        }
        running.is_some()
    }
}

impl<R: RawMutex> Default for TerminateSlot<R> {
    fn default() -> Self {
        Self::new()
    }
}

/// A module that can run, on the thread that made it.
pub struct Instance<'m, C, R: RawMutex> {
    instance: NonNull<wamr::WASMModuleInstanceCommon>,
    env: NonNull<wamr::WASMExecEnv>,
    terminate: &'m TerminateSlot<R>,
    /// Native functions borrow it through the exec env's user data.
    _context: Arc<C>,
    /// Native functions borrow it through the instance's custom data.
    _heap: Option<Rc<RefCell<AppHeap>>>,
    module: PhantomData<&'m Module<C>>,
}

impl<'m, C: Send + Sync + 'static, R: RawMutex> Instance<'m, C, R> {
    /// Makes an instance of `module`. No code of the app runs. From now on native functions that it
    /// calls get `context`, and `terminate` ends it.
    pub fn new(
        module: &'m Module<C>,
        config: InstanceConfig,
        context: Arc<C>,
        terminate: &'m TerminateSlot<R>,
    ) -> Result<Self, LoadError> {
        // SAFETY: WAMR is initialised, since there is a module.
        if !unsafe { wamr::wasm_runtime_init_thread_env() } {
            return Err(LoadError::NoMemory);
        }
        let args = wamr::InstantiationArgs {
            default_stack_size: config.stack,
            host_managed_heap_size: config.heap,
            max_memory_pages: PAGES_MAX,
        };
        let mut error = ErrorText::new();
        // SAFETY: the module is loaded and outlives the instance; the pointers are valid.
        let instance = unsafe {
            wamr::wasm_runtime_instantiate_ex(
                module.handle(),
                &raw const args,
                error.as_mut_ptr(),
                error.len(),
            )
        };
        let Some(instance) = NonNull::new(instance) else {
            leave_thread();
            return Err(error.into_load_error());
        };
        let undo = |error| {
            // SAFETY: the instance is live and nothing else knows it.
            unsafe { wamr::wasm_runtime_deinstantiate(instance.as_ptr()) };
            leave_thread();
            Err(error)
        };
        // SAFETY: the instance is live and new.
        let heap = match unsafe { heap_of(instance.as_ptr()) } {
            Ok(heap) => heap,
            Err(error) => return undo(error),
        };
        // SAFETY: the instance is live.
        let env = unsafe { wamr::wasm_runtime_create_exec_env(instance.as_ptr(), config.stack) };
        let Some(env) = NonNull::new(env) else { return undo(LoadError::NoMemory) };
        let custom = heap.as_ref().map_or(core::ptr::null(), Rc::as_ptr);
        // SAFETY: the instance is live; the heap lives as long as this instance holds it.
        unsafe { wamr::wasm_runtime_set_custom_data(instance.as_ptr(), custom.cast_mut().cast()) };
        let user_data = Arc::as_ptr(&context).cast_mut().cast();
        // SAFETY: the exec env is live; the context lives as long as this instance holds it.
        unsafe { wamr::wasm_runtime_set_user_data(env.as_ptr(), user_data) };
        *terminate.0.lock() = Some(Running(instance));
        Ok(Self { instance, env, terminate, _context: context, _heap: heap, module: PhantomData })
    }

    /// From now on each entry into the app's code ends when it has taken that many instructions; 0
    /// is for as many as it likes. Instructions are those of WAMR's own code, which are a little
    /// fewer than the module's; the same module takes the same number of them every time.
    #[cfg(feature = "metering")]
    pub fn limit_instructions(&mut self, budget: u32) {
        let limit = if budget == 0 { -1 } else { i32::try_from(budget).unwrap_or(i32::MAX) };
        // SAFETY: the exec env is live and belongs to this thread. WAMR keeps the number and gives
        // every call a fresh copy of it.
        unsafe { wamr::wasm_runtime_set_instruction_count_limit(self.env.as_ptr(), limit) };
    }

    /// Runs the entry point to its end and returns its exit code (0 when it returns nothing).
    pub fn run(&mut self, entry: &Entry) -> Result<i32, RunError> {
        // SAFETY: the instance is live and the name ends with a zero.
        let function = unsafe {
            wamr::wasm_runtime_lookup_function(self.instance.as_ptr(), entry.name.as_ptr())
        };
        if function.is_null() {
            return Err(RunError(clean("the entry point is gone")));
        }
        // argc 0 and argv 0 where they are asked for; the result comes back in the first cell.
        let mut cells = [0u32; 2];
        // SAFETY: the exec env belongs to the instance and to this thread, `Module::entry` has
        // checked the function's type, and `cells` has room for its parameters and its result.
        let done = unsafe {
            wamr::wasm_runtime_call_wasm(
                self.env.as_ptr(),
                function,
                entry.params,
                cells.as_mut_ptr(),
            )
        };
        if !done {
            return Err(RunError(exception_text(self.instance.as_ptr())));
        }
        Ok(if entry.returns { cells[0] as i32 } else { 0 })
    }

    /// Calls an exported function that returns nothing, with one i32 or without parameters. `None`
    /// when there is no such function.
    pub fn call(&mut self, name: &CStr, argument: Option<i32>) -> Option<Result<(), RunError>> {
        let instance = self.instance.as_ptr();
        // SAFETY: the instance is live and the name ends with a zero.
        let function = unsafe { wamr::wasm_runtime_lookup_function(instance, name.as_ptr()) };
        if function.is_null() {
            return None;
        }
        // SAFETY: the function belongs to the instance.
        let params = unsafe { wamr::wasm_func_get_param_count(function, instance) };
        // SAFETY: as above.
        let results = unsafe { wamr::wasm_func_get_result_count(function, instance) };
        let mut kinds: [wamr::wasm_valkind_t; 1] = [0];
        if params == 1 {
            // SAFETY: as above; there is room for the one parameter.
            unsafe { wamr::wasm_func_get_param_types(function, instance, kinds.as_mut_ptr()) };
        }
        let fits = match argument {
            None => params == 0,
            Some(_) => params == 1 && crate::module::is_i32(kinds[0]),
        };
        if !fits || results != 0 {
            return None;
        }
        let mut cells = [argument.unwrap_or(0) as u32];
        // SAFETY: the exec env belongs to the instance and to this thread, the function's type has
        // been checked above, and `cells` has room for its parameter.
        let done = unsafe {
            wamr::wasm_runtime_call_wasm(self.env.as_ptr(), function, params, cells.as_mut_ptr())
        };
        Some(if done { Ok(()) } else { Err(RunError(exception_text(instance))) })
    }
}

impl<C, R: RawMutex> Drop for Instance<'_, C, R> {
    fn drop(&mut self) {
        *self.terminate.0.lock() = None;
        // SAFETY: the exec env is live, belongs to this thread, and runs nothing.
        unsafe { wamr::wasm_runtime_destroy_exec_env(self.env.as_ptr()) };
        // SAFETY: the instance is live, and no other thread can reach it any more.
        unsafe { wamr::wasm_runtime_deinstantiate(self.instance.as_ptr()) };
        leave_thread();
    }
}

/// The heap of a new instance, if it has one.
///
/// # Safety
/// As for [`region::take_heap`].
unsafe fn heap_of(
    instance: wamr::wasm_module_inst_t,
) -> Result<Option<Rc<RefCell<AppHeap>>>, LoadError> {
    // SAFETY: passed on to the caller.
    let Some(region) = (unsafe { region::take_heap(instance) })? else { return Ok(None) };
    let heap = AppHeap::new(region.start, region.size).ok_or(LoadError::NoMemory)?;
    Ok(Some(Rc::new(RefCell::new(heap))))
}

fn leave_thread() {
    // SAFETY: this thread's environment was initialised in `Instance::new` and runs nothing.
    unsafe { wamr::wasm_runtime_destroy_thread_env() };
}

/// WAMR's text of why the instance's code ended.
pub(crate) fn exception_text(instance: wamr::wasm_module_inst_t) -> String {
    // SAFETY: the instance is live; the text, if any, is its own and ends with a zero.
    let text = unsafe { wamr::wasm_runtime_get_exception(instance) };
    if text.is_null() {
        return clean("");
    }
    // SAFETY: not null, see above.
    clean(&unsafe { CStr::from_ptr(text) }.to_string_lossy())
}
