// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The pool: every byte of modules, instances and linear memories comes from here.
//!
//! Memory itself is the global allocator's, or, for what is large, a device's [`BulkMemory`]. The pool
//! counts it, against its own limit and against the account of the instance slot whose thread asks
//! for it, and refuses what goes over either. Each block remembers its size, its account and where it
//! is in 8 bytes before it, so that giving it back credits whoever paid, on whatever thread that
//! happens.

use alloc::alloc::Layout;
use core::ffi::{c_uint, c_void};
use core::ops::{Deref, DerefMut};
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

pub use crate::bulk::BulkMemory;
use crate::bulk::Place;

/// Number of accounts: one for each instance slot.
pub const ACCOUNTS: usize = 8;

/// What is in use, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Now.
    pub used: usize,
    /// At most.
    pub peak: usize,
    /// Most that is allowed.
    pub limit: usize,
}

/// Counts what is in use up to a limit.
struct Counter {
    used: AtomicUsize,
    peak: AtomicUsize,
    limit: AtomicUsize,
}

impl Counter {
    const fn new() -> Self {
        Self {
            used: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            limit: AtomicUsize::new(usize::MAX),
        }
    }

    fn charge(&self, size: usize) -> bool {
        let used = self.used.fetch_add(size, Ordering::Relaxed).saturating_add(size);
        if used > self.limit.load(Ordering::Relaxed) {
            self.credit(size);
            return false;
        }
        self.peak.fetch_max(used, Ordering::Relaxed);
        true
    }

    fn credit(&self, size: usize) {
        self.used.fetch_sub(size, Ordering::Relaxed);
    }

    fn usage(&self) -> Usage {
        Usage {
            used: self.used.load(Ordering::Relaxed),
            peak: self.peak.load(Ordering::Relaxed),
            limit: self.limit.load(Ordering::Relaxed),
        }
    }
}

static POOL: Counter = Counter::new();
static ACCOUNT: [Counter; ACCOUNTS] = [const { Counter::new() }; ACCOUNTS];
/// What no app pays for: WAMR's own tables, and a module while it is being installed.
static NOBODY: Counter = Counter::new();
/// What is not in bulk memory. Without such memory it has no limit but the pool's.
static INNER: Counter = Counter::new();

/// Tells which account the current thread's memory is charged to.
pub type CurrentAccount = fn() -> Option<usize>;

/// The [`CurrentAccount`] function, null before the engine is initialised.
static CURRENT: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

pub(crate) fn configure(limit: usize, current: CurrentAccount) {
    POOL.limit.store(limit, Ordering::Relaxed);
    CURRENT.store(current as *mut (), Ordering::Release);
}

/// Takes large blocks from `memory` from now on: linear memories and [`Buffer`]s. What else the pool
/// gives stays with the global allocator and has a limit of its own there. `false`, and nothing
/// changes, when it has been called before.
pub fn set_bulk_memory(memory: &'static BulkMemory) -> bool {
    let new = crate::bulk::set(memory);
    if new {
        INNER.limit.store(memory.inner_limit(), Ordering::Relaxed);
    }
    new
}

/// The pool as a whole.
pub fn pool() -> Usage {
    POOL.usage()
}

/// One account.
pub fn account(index: usize) -> Usage {
    ACCOUNT[index].usage()
}

/// What no account has. With the accounts it adds up to the pool.
pub fn unowned() -> Usage {
    NOBODY.usage()
}

/// Who pays for a block, as its header has it: the account plus one (0 is nobody), and whether the
/// block is in bulk memory.
#[derive(Clone, Copy, Debug)]
struct Owner(u32);

impl Owner {
    const IN_BULK: u32 = 1 << 31;

    fn new(account: Option<usize>, place: Place) -> Self {
        let account = account.map_or(0, |index| index as u32 + 1);
        Self(account | if place.is_bulk() { Self::IN_BULK } else { 0 })
    }

    fn counter(self) -> &'static Counter {
        match self.0 & !Self::IN_BULK {
            0 => &NOBODY,
            account => &ACCOUNT[account as usize - 1],
        }
    }

    fn in_bulk(self) -> bool {
        self.0 & Self::IN_BULK != 0
    }

    fn place(self) -> Place {
        Place::of(self.in_bulk())
    }
}

/// Gives an account a new limit and forgets its peak, before an app is loaded on it.
pub fn open_account(index: usize, limit: usize) {
    let account = &ACCOUNT[index];
    account.limit.store(limit, Ordering::Relaxed);
    account.peak.store(account.used.load(Ordering::Relaxed), Ordering::Relaxed);
}

fn current_account() -> Option<usize> {
    let current = CURRENT.load(Ordering::Acquire);
    if current.is_null() {
        return None;
    }
    // SAFETY: CURRENT is null or holds a `CurrentAccount` that `configure` stored; function
    // pointers and data pointers have the same size on every target that WAMR runs on.
    let current: CurrentAccount = unsafe { core::mem::transmute(current) };
    current().filter(|index| *index < ACCOUNTS)
}

/// What stands before each block.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct Header {
    size: u32,
    owner: Owner,
}

const HEADER: usize = size_of::<Header>();

/// What the allocator below keeps with each block, at most: Zephyr's `sys_heap` has a header of 4 or
/// 8 bytes and rounds sizes up to 8. It is charged too, or many small blocks would cost a device more
/// than its pool.
const ALLOCATOR: usize = 8;

/// What a block of that layout is charged with.
fn cost(layout: Layout) -> usize {
    layout.size().next_multiple_of(8) + ALLOCATOR
}

fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size.checked_add(HEADER)?, align_of::<Header>()).ok()
}

fn charge(owner: Owner, size: usize) -> bool {
    if !POOL.charge(size) {
        return false;
    }
    if !owner.counter().charge(size) {
        POOL.credit(size);
        return false;
    }
    if !owner.in_bulk() && !INNER.charge(size) {
        owner.counter().credit(size);
        POOL.credit(size);
        return false;
    }
    true
}

fn credit(owner: Owner, size: usize) {
    POOL.credit(size);
    owner.counter().credit(size);
    if !owner.in_bulk() {
        INNER.credit(size);
    }
}

/// Allocates `size` bytes, zeroed on request; `None` when the pool or the account has no room.
fn allocate(size: usize, place: Place, zeroed: bool) -> Option<NonNull<u8>> {
    let stored = u32::try_from(size).ok()?;
    let layout = layout(size)?;
    let owner = Owner::new(current_account(), place);
    if !charge(owner, cost(layout)) {
        return None;
    }
    // SAFETY: the layout's size is not zero, it has a header at least.
    let Some(base) = NonNull::new(unsafe { place.allocate(layout) }) else {
        credit(owner, cost(layout));
        return None;
    };
    // SAFETY: `base` is valid for `layout`, which begins with a header and is aligned for it.
    unsafe { base.cast::<Header>().write(Header { size: stored, owner }) };
    // SAFETY: the block is HEADER bytes longer than `size`.
    let block = unsafe { base.add(HEADER) };
    if zeroed {
        // SAFETY: `block` is valid for `size` bytes.
        unsafe { block.write_bytes(0, size) };
    }
    Some(block)
}

/// The header of a block.
///
/// # Safety
/// `block` must come from [`allocate`] or [`reallocate`] and not have been given back.
unsafe fn header(block: NonNull<u8>) -> (NonNull<Header>, Header) {
    // SAFETY: the caller's block has a header before it.
    let base = unsafe { block.sub(HEADER) }.cast::<Header>();
    // SAFETY: the header was written when the block was made, and WAMR's writes stay inside blocks.
    (base, unsafe { base.read() })
}

/// Gives a block back.
///
/// # Safety
/// As for [`header`]; the block may not be used afterwards.
unsafe fn release(block: NonNull<u8>) {
    // SAFETY: passed on to the caller.
    let (base, Header { size, owner }) = unsafe { header(block) };
    if let Some(layout) = layout(size as usize) {
        credit(owner, cost(layout));
        // SAFETY: `base` was allocated in this place with this very layout.
        unsafe { owner.place().release(base.as_ptr().cast(), layout) };
    }
}

/// Changes a block's size; on `None` the old block is still there. New bytes are zeroed on request.
///
/// # Safety
/// As for [`header`]; on `Some` the old block may not be used afterwards.
unsafe fn reallocate(block: NonNull<u8>, size: usize, zeroed: bool) -> Option<NonNull<u8>> {
    // SAFETY: passed on to the caller.
    let (base, old) = unsafe { header(block) };
    let old_size = old.size as usize;
    let stored = u32::try_from(size).ok()?;
    let (old_layout, new_layout) = (layout(old_size)?, layout(size)?);
    // While it moves, old and new exist side by side at worst; only the growth is charged, since
    // the limit is on what the app keeps.
    let (old_cost, new_cost) = (cost(old_layout), cost(new_layout));
    if !charge(old.owner, new_cost.saturating_sub(old_cost)) {
        return None;
    }
    let place = old.owner.place();
    // SAFETY: `base` was allocated in `place` with `old_layout`; the new size is not zero.
    let moved = unsafe { place.resize(base.as_ptr().cast(), old_layout, new_layout.size()) };
    let Some(base) = NonNull::new(moved) else {
        credit(old.owner, new_cost.saturating_sub(old_cost));
        return None;
    };
    credit(old.owner, old_cost.saturating_sub(new_cost));
    // SAFETY: `base` is valid for `new_layout`, which begins with a header.
    unsafe { base.cast::<Header>().write(Header { size: stored, owner: old.owner }) };
    // SAFETY: the block is HEADER bytes longer than `size`.
    let block = unsafe { base.add(HEADER) };
    if zeroed && size > old_size {
        // SAFETY: the block has `size` bytes, of which those from `old_size` on are new.
        unsafe { block.add(old_size).write_bytes(0, size - old_size) };
    }
    Some(block)
}

/// Bytes that something outside the pool costs an app: a file or socket handle, a message that waits.
/// They count like the pool's own, and are credited when this is dropped, on whatever thread.
#[derive(Debug)]
pub struct Charge {
    owner: Owner,
    size: usize,
}

impl Charge {
    /// Charges the account of the calling thread; `None` when the pool or the account has no room.
    pub fn new(size: usize) -> Option<Self> {
        Self::to(current_account(), size)
    }

    /// Charges account `index`, whoever calls.
    pub fn on(index: usize, size: usize) -> Option<Self> {
        if index >= ACCOUNTS {
            return None;
        }
        Self::to(Some(index), size)
    }

    fn to(account: Option<usize>, size: usize) -> Option<Self> {
        let owner = Owner::new(account, Place::Global);
        charge(owner, size).then(|| Self { owner, size })
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        credit(self.owner, self.size);
    }
}

/// `Alloc_For_LinearMemory` of WAMR's `mem_alloc_usage_t`. A linear memory's bytes must start as
/// zero (core specification 2.0, 4.5.3.7).
const FOR_LINEAR_MEMORY: c_uint = 1;

/// Where a block for WAMR is to be, and whether it must be zeroed.
fn wants(usage: c_uint) -> (Place, bool) {
    if usage == FOR_LINEAR_MEMORY { (Place::large(), true) } else { (Place::Global, false) }
}

/// WAMR's `malloc`.
pub(crate) unsafe extern "C" fn wamr_malloc(usage: c_uint, size: c_uint) -> *mut c_void {
    let (place, zeroed) = wants(usage);
    allocate(size as usize, place, zeroed).map_or(ptr::null_mut(), to_c)
}

/// WAMR's `realloc`.
pub(crate) unsafe extern "C" fn wamr_realloc(
    usage: c_uint,
    _full_size_mapped: bool,
    block: *mut c_void,
    size: c_uint,
) -> *mut c_void {
    let (place, zeroed) = wants(usage);
    let moved = match NonNull::new(block.cast::<u8>()) {
        // SAFETY: WAMR passes only blocks that it got from these functions.
        Some(block) => unsafe { reallocate(block, size as usize, zeroed) },
        None => allocate(size as usize, place, zeroed),
    };
    moved.map_or(ptr::null_mut(), to_c)
}

/// WAMR's `free`.
pub(crate) unsafe extern "C" fn wamr_free(_usage: c_uint, block: *mut c_void) {
    if let Some(block) = NonNull::new(block.cast::<u8>()) {
        // SAFETY: WAMR passes only blocks that it got from these functions, and each once.
        unsafe { release(block) };
    }
}

fn to_c(block: NonNull<u8>) -> *mut c_void {
    block.as_ptr().cast()
}

/// Bytes from the pool, for a module's file content while it is loaded.
pub struct Buffer {
    block: NonNull<u8>,
    size: usize,
}

// SAFETY: a Buffer owns its block alone, like a Box<[u8]>.
unsafe impl Send for Buffer {}

impl Buffer {
    /// `size` zero bytes; `None` when the pool or the account has no room.
    pub fn new(size: usize) -> Option<Self> {
        allocate(size, Place::large(), true).map(|block| Self { block, size })
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the block is owned, initialised and has `size` bytes.
        unsafe { core::slice::from_raw_parts(self.block.as_ptr(), self.size) }
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `deref`, and `self` is borrowed alone.
        unsafe { core::slice::from_raw_parts_mut(self.block.as_ptr(), self.size) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: the block came from `allocate` and is given back once, here.
        unsafe { release(self.block) };
    }
}
