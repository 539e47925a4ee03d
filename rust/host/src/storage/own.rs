// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A value that C code keeps pointers to: it stays where it is, and Rust holds no reference to it
//! between two uses.

use std::mem::ManuallyDrop;
use std::ptr::NonNull;

/// Owns a value in an allocation of its own that never moves. Unlike a `Box` it claims no exclusive
/// access, so a copy of [`Own::as_ptr`] stays valid until the owner goes.
pub(super) struct Own<T>(NonNull<T>);

// SAFETY: it owns the value as a `Box` does; sending the one sends the other.
unsafe impl<T: Send> Send for Own<T> {}

impl<T> Own<T> {
    pub(super) fn new(value: T) -> Self {
        Self(NonNull::from(Box::leak(Box::new(value))))
    }

    /// Where the value is.
    pub(super) fn as_ptr(&self) -> *mut T {
        self.0.as_ptr()
    }

    /// The value itself.
    ///
    /// # Safety
    /// Nobody uses a copy of the pointer any more.
    pub(super) unsafe fn into_inner(self) -> T {
        let this = ManuallyDrop::new(self);
        // SAFETY: the pointer came from a `Box`, and `this` does not free it again.
        *unsafe { Box::from_raw(this.as_ptr()) }
    }
}

impl<T> Drop for Own<T> {
    fn drop(&mut self) {
        // SAFETY: the pointer came from a `Box` and is freed once, here.
        drop(unsafe { Box::from_raw(self.as_ptr()) });
    }
}
