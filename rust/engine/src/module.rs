// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A loaded module: validated, translated for the fast interpreter, imports resolved.

use alloc::borrow::ToOwned;
use alloc::ffi::CString;
use alloc::string::String;
use core::ffi::{CStr, c_char};
use core::marker::PhantomData;
use core::ptr::{self, NonNull};

use akira_wamr_sys as wamr;

use crate::cost;
use crate::error::{ErrorText, LoadError};
use crate::heap::Buffer;
use crate::pages;

/// Exports that WAMR would call by itself while instantiating.
const EARLY_CODE: [&CStr; 2] = [c"__wasm_call_ctors", c"__post_instantiate"];

/// A function at which an app may start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub(crate) name: CString,
    /// Parameter cells to pass: 0, or 2 for argc and argv.
    pub(crate) params: u32,
    /// Whether it returns an i32.
    pub(crate) returns: bool,
}

/// A loaded module.
pub struct Module<C> {
    handle: NonNull<wamr::WASMModuleCommon>,
    /// The module's bytes, for as long as WAMR points into them.
    _bytes: Option<Buffer>,
    context: PhantomData<fn(C)>,
}

impl<C> Module<C> {
    pub(crate) fn load(mut bytes: Buffer) -> Result<Self, LoadError> {
        pages::check(&bytes)?;
        cost::check(&bytes)?;
        let mut error = ErrorText::new();
        let mut name: [c_char; 1] = [0];
        let args = wamr::LoadArgs {
            name: name.as_mut_ptr(),
            clone_wasm_binary: false,
            wasm_binary_freeable: true,
            no_resolve: false,
        };
        let size = u32::try_from(bytes.len()).map_err(|_| LoadError::NoMemory)?;
        // SAFETY: WAMR is initialised, since this is reached through an `Engine` only; all pointers
        // are valid for the call, and `bytes` lives as long as WAMR needs it, see below.
        let handle = unsafe {
            wamr::wasm_runtime_load_ex(
                bytes.as_mut_ptr(),
                size,
                &raw const args,
                error.as_mut_ptr(),
                error.len(),
            )
        };
        let Some(handle) = NonNull::new(handle) else {
            return Err(error.into_load_error());
        };
        // SAFETY: the module is loaded.
        let freeable = unsafe { wamr::wasm_runtime_is_underlying_binary_freeable(handle.as_ptr()) };
        let module = Self { handle, _bytes: (!freeable).then_some(bytes), context: PhantomData };
        module.check_imports()?;
        module.check_exports()?;
        Ok(module)
    }

    pub(crate) fn handle(&self) -> wamr::wasm_module_t {
        self.handle.as_ptr()
    }

    /// Finds the entry point: the function of that name, or `_start`, then `main`.
    pub fn entry(&self, name: Option<&str>) -> Result<Entry, LoadError> {
        match name {
            Some(name) => {
                let c_name = CString::new(name).map_err(|_| LoadError::NoEntry(name.to_owned()))?;
                self.exported_function(&c_name)?.ok_or_else(|| LoadError::NoEntry(name.to_owned()))
            }
            None => match self.exported_function(c"_start")? {
                Some(entry) => Ok(entry),
                None => self
                    .exported_function(c"main")?
                    .ok_or_else(|| LoadError::NoEntry("_start".to_owned())),
            },
        }
    }

    /// Whether the module exports a function of that name without parameters and results.
    pub fn exports_plain(&self, name: &CStr) -> bool {
        matches!(self.exported_function(name), Ok(Some(Entry { params: 0, returns: false, .. })))
    }

    /// Whether the module exports a function of that name with one i32 parameter and no result.
    pub fn exports_event(&self, name: &CStr) -> bool {
        self.export_list().any(|export| {
            // SAFETY: WAMR's export names end with a zero and live as long as the module.
            let named = unsafe { c_str(export.name) } == name;
            // SAFETY: asked only where the export is a function, so the union holds its type.
            let fits = || unsafe { takes_one_i32(export.u.func_type) };
            named && export.kind == wamr::WASM_IMPORT_EXPORT_KIND_FUNC && fits()
        })
    }

    /// Whether the module imports the function `name` from `module`.
    pub fn imports(&self, module: &str, name: &str) -> bool {
        self.import_list().any(|import| {
            // SAFETY: WAMR's import names end with a zero and live as long as the module.
            let (m, n) = unsafe { (c_str(import.module_name), c_str(import.name)) };
            m.to_bytes() == module.as_bytes() && n.to_bytes() == name.as_bytes()
        })
    }

    fn import_list(&self) -> impl Iterator<Item = wamr::wasm_import_t> + '_ {
        // SAFETY: the module is loaded.
        let count = unsafe { wamr::wasm_runtime_get_import_count(self.handle()) };
        (0..count).map(|index| {
            let mut import = core::mem::MaybeUninit::<wamr::wasm_import_t>::zeroed();
            // SAFETY: the index is below the count, and WAMR fills in the whole struct.
            unsafe {
                wamr::wasm_runtime_get_import_type(self.handle(), index, import.as_mut_ptr());
            }
            // SAFETY: filled in above; all its fields also allow zero.
            unsafe { import.assume_init() }
        })
    }

    fn export_list(&self) -> impl Iterator<Item = wamr::wasm_export_t> + '_ {
        // SAFETY: the module is loaded.
        let count = unsafe { wamr::wasm_runtime_get_export_count(self.handle()) };
        (0..count).map(|index| {
            let mut export = core::mem::MaybeUninit::<wamr::wasm_export_t>::zeroed();
            // SAFETY: the index is below the count, and WAMR fills in the whole struct.
            unsafe {
                wamr::wasm_runtime_get_export_type(self.handle(), index, export.as_mut_ptr());
            }
            // SAFETY: filled in above; all its fields also allow zero.
            unsafe { export.assume_init() }
        })
    }

    fn check_imports(&self) -> Result<(), LoadError> {
        for import in self.import_list() {
            // SAFETY: the import is a function, so the union holds its type.
            let plain = || unsafe { is_plain(import.u.func_type) };
            if import.kind == wamr::WASM_IMPORT_EXPORT_KIND_FUNC && import.linked && plain() {
                continue;
            }
            // SAFETY: WAMR's import names end with a zero and live as long as the module.
            let (module, name) = unsafe { (text(import.module_name), text(import.name)) };
            return Err(if import.kind == wamr::WASM_IMPORT_EXPORT_KIND_FUNC {
                LoadError::UnknownImport { module, name }
            } else {
                LoadError::ForeignImport { module, name }
            });
        }
        Ok(())
    }

    fn check_exports(&self) -> Result<(), LoadError> {
        for export in self.export_list() {
            // SAFETY: WAMR's export names end with a zero and live as long as the module.
            let name = unsafe { c_str(export.name) };
            for early in EARLY_CODE {
                if name == early {
                    return Err(LoadError::EarlyCode(early.to_str().unwrap_or("")));
                }
            }
        }
        Ok(())
    }

    fn exported_function(&self, name: &CStr) -> Result<Option<Entry>, LoadError> {
        let found = self.export_list().find(|export| {
            // SAFETY: WAMR's export names end with a zero and live as long as the module.
            export.kind == wamr::WASM_IMPORT_EXPORT_KIND_FUNC
                && unsafe { c_str(export.name) } == name
        });
        let Some(export) = found else { return Ok(None) };
        // SAFETY: the export is a function, so the union holds its type.
        let function = unsafe { export.u.func_type };
        // SAFETY: the type belongs to the loaded module.
        let params = unsafe { wamr::wasm_func_type_get_param_count(function) };
        // SAFETY: as above.
        let results = unsafe { wamr::wasm_func_type_get_result_count(function) };
        // SAFETY: as above, and the index is below the count.
        let param_is_i32 =
            |i| unsafe { is_i32(wamr::wasm_func_type_get_param_valkind(function, i)) };
        // SAFETY: as above.
        let result_is_i32 =
            |i| unsafe { is_i32(wamr::wasm_func_type_get_result_valkind(function, i)) };
        let good = matches!(params, 0 | 2)
            && results <= 1
            && (0..params).all(param_is_i32)
            && (0..results).all(result_is_i32);
        if !good {
            return Err(LoadError::BadEntry(name.to_string_lossy().into_owned()));
        }
        Ok(Some(Entry { name: name.to_owned(), params, returns: results == 1 }))
    }
}

impl<C> Drop for Module<C> {
    fn drop(&mut self) {
        // SAFETY: the module is loaded, and instances borrow it, so there is none left. Its bytes,
        // where WAMR still points into them, are dropped after this.
        unsafe { wamr::wasm_runtime_unload(self.handle()) };
    }
}

/// Whether a function takes one i32 and returns nothing.
///
/// # Safety
/// `function` must be a type of a loaded module.
unsafe fn takes_one_i32(function: wamr::wasm_func_type_t) -> bool {
    // SAFETY: passed on to the caller; the parameter is only asked for where there is one.
    unsafe {
        wamr::wasm_func_type_get_param_count(function) == 1
            && wamr::wasm_func_type_get_result_count(function) == 0
            && is_i32(wamr::wasm_func_type_get_param_valkind(function, 0))
    }
}

/// Whether a value's kind is i32. On bare Arm the constant is a byte, elsewhere a word.
pub(crate) fn is_i32(kind: wamr::wasm_valkind_t) -> bool {
    u64::from(kind) == u64::from(wamr::WASM_I32)
}

/// Whether a function's type has whole numbers only and at most one result, as every native function
/// has. WAMR compares the type itself, except where a native function takes several.
///
/// # Safety
/// `function` must be a type of a loaded module.
unsafe fn is_plain(function: wamr::wasm_func_type_t) -> bool {
    // SAFETY: passed on to the caller.
    let params = unsafe { wamr::wasm_func_type_get_param_count(function) };
    // SAFETY: as above.
    let results = unsafe { wamr::wasm_func_type_get_result_count(function) };
    let whole = |kind| is_i32(kind) || u64::from(kind) == u64::from(wamr::WASM_I64);
    // SAFETY: as above, and the index is below the count.
    let param = |i| whole(unsafe { wamr::wasm_func_type_get_param_valkind(function, i) });
    // SAFETY: as above, and the index is below the count.
    let result = |i| whole(unsafe { wamr::wasm_func_type_get_result_valkind(function, i) });
    results <= 1 && (0..params).all(param) && (0..results).all(result)
}

/// # Safety
/// `text` must be null or end with a zero and live for `'a`.
unsafe fn c_str<'a>(text: *const c_char) -> &'a CStr {
    if ptr::eq(text, ptr::null()) {
        return c"";
    }
    // SAFETY: not null, the rest is the caller's.
    unsafe { CStr::from_ptr(text) }
}

/// # Safety
/// As for [`c_str`].
unsafe fn text(text: *const c_char) -> String {
    // SAFETY: passed on to the caller.
    unsafe { c_str(text) }.to_string_lossy().into_owned()
}
