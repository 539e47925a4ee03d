// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Every file and folder of a storage, read once.

use std::collections::BTreeMap;

use akira_abi::Errno;
use akira_runtime::platform::{File, OpenMode};

use super::report::Report;
use crate::storage::Storage;

/// Folders in folders; an image that has more goes round in circles.
const DEPTH_MAX: usize = 64;

/// What is at a path.
pub(super) enum Node {
    Folder,
    File(Vec<u8>),
    /// A file that cannot be read.
    Unreadable,
}

/// The whole of a storage.
pub(super) struct Tree(BTreeMap<String, Node>);

impl Tree {
    /// Reads all of it. What cannot be read is told.
    pub(super) fn read(storage: &Storage, report: &mut Report) -> Self {
        let mut tree = Self(BTreeMap::new());
        tree.walk(storage, "", report, 0);
        match storage.blocks() {
            Ok(blocks) => {
                report.used = Some(blocks.in_use);
                if blocks.shared {
                    let text = "some blocks belong to more than one file, so files hold what is \
                                not theirs";
                    report.error("", text, "Save what you need, then restore it from a copy");
                }
            }
            Err(errno) => {
                let text = format!("the file system cannot be walked: {errno}");
                report.error("", &text, "Save what you need, then restore it from a copy");
            }
        }
        tree
    }

    fn walk(&mut self, storage: &Storage, folder: &str, report: &mut Report, depth: usize) {
        let mut entries = Vec::new();
        let path = if folder.is_empty() { "/" } else { folder };
        let listed = storage.list(path, &mut |name, stat| {
            entries.push((format!("{folder}/{name}"), stat));
            true
        });
        if let Err(errno) = listed {
            let text = format!("the folder cannot be listed: {errno}");
            report.damage(path, &text, "What is in it is lost; restore the image from a copy");
        }
        if depth > DEPTH_MAX {
            report.damage(path, "there are too many folders in folders", "Restore it from a copy");
            return;
        }
        for (path, stat) in entries {
            let node = if stat.is_dir {
                self.walk(storage, &path, report, depth + 1);
                Node::Folder
            } else {
                content(storage, &path).map_or_else(
                    |errno| {
                        let text = format!("the file cannot be read: {errno}");
                        report.damage(&path, &text, "Store it anew, or remove it");
                        Node::Unreadable
                    },
                    Node::File,
                )
            };
            self.0.insert(path, node);
        }
    }

    pub(super) fn get(&self, path: &str) -> Option<&Node> {
        self.0.get(path)
    }

    /// The content of a file that can be read.
    pub(super) fn file(&self, path: &str) -> Option<&[u8]> {
        match self.0.get(path) {
            Some(Node::File(content)) => Some(content),
            _ => None,
        }
    }

    /// The names in a folder.
    pub(super) fn names<'a>(&'a self, folder: &str) -> impl Iterator<Item = &'a str> {
        let inside = format!("{folder}/");
        let start = inside.clone();
        self.0
            .range(start..)
            .map(|(path, _)| path.as_str())
            .take_while({
                let inside = inside.clone();
                move |path| path.starts_with(&*inside)
            })
            .map(move |path| &path[inside.len()..])
            .filter(|name| !name.contains('/'))
    }
}

fn content(storage: &Storage, path: &str) -> Result<Vec<u8>, Errno> {
    let mut file = storage.open(path, OpenMode::READ)?;
    let (mut all, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(all),
            count => all.extend_from_slice(&piece[..count]),
        }
    }
}
