// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! From what somebody wrote to what a device may trust.

use alloc::format;
use alloc::string::String;

use akira_abi::{CapSet, Capability};

use super::{
    Draft, EXEC_TIMEOUT_RANGE, HEAP_KB_DEFAULT, HEAP_KB_MAX, MEMORY_QUOTA_DEFAULT,
    MEMORY_QUOTA_RANGE, Manifest, ManifestError, PRIORITY_DEFAULT, PRIORITY_RANGE, Restart,
    STACK_KB_DEFAULT, STACK_KB_RANGE, TEXT_MAX,
};

impl Draft {
    /// Checks every field. The first one that is wrong is named in the error.
    pub fn check(self) -> Result<Manifest, ManifestError> {
        let name = self.name.ok_or_else(|| missing("name"))?;
        let name = name.parse().map_err(|bad| refuse(format!("name {name:?}: {bad}")))?;
        Ok(Manifest {
            name,
            version: version(self.version)?,
            description: text("description", self.description)?,
            author: text("author", self.author)?,
            capabilities: capabilities(&self.capabilities)?,
            memory_quota: range(
                "memory_quota",
                self.memory_quota.unwrap_or(MEMORY_QUOTA_DEFAULT),
                MEMORY_QUOTA_RANGE,
            )?,
            autostart: self.autostart.unwrap_or(false),
            priority: range("priority", self.priority.unwrap_or(PRIORITY_DEFAULT), PRIORITY_RANGE)?
                as u8,
            restart: restart(self.restart.as_deref())?,
            entry: entry(self.entry)?,
            stack_kb: range("stack_kb", self.stack_kb.unwrap_or(STACK_KB_DEFAULT), STACK_KB_RANGE)?,
            heap_kb: range("heap_kb", self.heap_kb.unwrap_or(HEAP_KB_DEFAULT), (0, HEAP_KB_MAX))?,
            exec_timeout_ms: self
                .exec_timeout_ms
                .map(|value| range("exec_timeout_ms", value, EXEC_TIMEOUT_RANGE))
                .transpose()?,
            abi: abi(self.abi)?,
            scope: self.scope.unwrap_or_default().check().map_err(refuse)?,
        })
    }
}

fn refuse(what: String) -> ManifestError {
    ManifestError(format!("The manifest is refused: {what}"))
}

fn missing(field: &str) -> ManifestError {
    refuse(format!("it has no {field}."))
}

fn version(version: Option<String>) -> Result<String, ManifestError> {
    let version = version.ok_or_else(|| missing("version"))?;
    if version.len() > TEXT_MAX || semver::Version::parse(&version).is_err() {
        return Err(refuse(format!(
            "version {version:?} is not a semantic version such as \"1.0.0\"."
        )));
    }
    Ok(version)
}

fn text(field: &str, value: Option<String>) -> Result<String, ManifestError> {
    let value = value.unwrap_or_default();
    if value.len() > TEXT_MAX || value.chars().any(char::is_control) {
        return Err(refuse(format!(
            "{field} must be one line of at most {TEXT_MAX} bytes of text."
        )));
    }
    Ok(value)
}

fn range(field: &str, value: u32, (low, high): (u32, u32)) -> Result<u32, ManifestError> {
    if (low..=high).contains(&value) {
        Ok(value)
    } else {
        Err(refuse(format!("{field} is {value}, it must be {low} to {high}.")))
    }
}

fn capabilities(names: &[String]) -> Result<CapSet, ManifestError> {
    let mut set = CapSet::EMPTY;
    for name in names {
        if name.contains('*') {
            return Err(refuse(format!(
                "capability {name:?} would ask for everything. Name each capability that the app \
                 needs."
            )));
        }
        let capability = Capability::from_name(name).ok_or_else(|| {
            let known = Capability::ALL.map(Capability::name).join(", ");
            refuse(format!("capability {name:?} is unknown. Known are {known}."))
        })?;
        set = set.with(capability);
    }
    Ok(set)
}

fn restart(name: Option<&str>) -> Result<Restart, ManifestError> {
    match name {
        None => Ok(Restart::Never),
        Some(name) => [Restart::Never, Restart::OnFailure, Restart::Always]
            .into_iter()
            .find(|restart| restart.name() == name)
            .ok_or_else(|| {
                refuse(format!("restart is {name:?}, it must be never, on-failure or always."))
            }),
    }
}

fn entry(name: Option<String>) -> Result<Option<String>, ManifestError> {
    match name {
        Some(name) if name.is_empty() || name.len() > 64 || !name.is_ascii() => {
            Err(refuse(format!("entry {name:?} is not the name of an exported function.")))
        }
        name => Ok(name),
    }
}

fn abi(abi: Option<u32>) -> Result<u32, ManifestError> {
    match abi.unwrap_or(akira_abi::VERSION) {
        version @ 1..=akira_abi::VERSION => Ok(version),
        version => Err(refuse(format!(
            "it asks for native API version {version}, this device has {}. Update the device's \
             firmware.",
            akira_abi::VERSION
        ))),
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::scope::ScopeDraft;

    fn draft() -> Draft {
        Draft { name: Some("hello".into()), version: Some("1.0.0".into()), ..Draft::default() }
    }

    #[test]
    fn defaults() {
        let manifest = draft().check().unwrap();
        assert_eq!(manifest.memory_quota, MEMORY_QUOTA_DEFAULT);
        assert_eq!(manifest.capabilities, CapSet::EMPTY);
        assert_eq!(manifest.priority, 5);
        assert_eq!(manifest.restart, Restart::Never);
        assert!(!manifest.autostart);
    }

    #[test]
    fn each_bad_field_is_named() {
        let with = |change: fn(&mut Draft)| {
            let mut draft = draft();
            change(&mut draft);
            draft.check().unwrap_err().0
        };
        assert!(with(|d| d.name = None).contains("no name"));
        assert!(with(|d| d.name = Some("../x".into())).contains("name"));
        assert!(with(|d| d.version = None).contains("no version"));
        assert!(with(|d| d.version = Some("1.0".into())).contains("version"));
        assert!(with(|d| d.description = Some("x".repeat(129))).contains("description"));
        assert!(with(|d| d.author = Some("a\nb".into())).contains("author"));
        assert!(with(|d| d.capabilities = vec!["*".into()]).contains("everything"));
        assert!(with(|d| d.capabilities = vec!["network.*".into()]).contains("everything"));
        assert!(with(|d| d.capabilities = vec!["root".into()]).contains("unknown"));
        assert!(with(|d| d.memory_quota = Some(1024)).contains("memory_quota"));
        assert!(with(|d| d.priority = Some(0)).contains("priority"));
        assert!(with(|d| d.priority = Some(261)).contains("priority"));
        assert!(with(|d| d.restart = Some("maybe".into())).contains("restart"));
        assert!(with(|d| d.entry = Some(String::new())).contains("entry"));
        assert!(with(|d| d.stack_kb = Some(65)).contains("stack_kb"));
        assert!(with(|d| d.heap_kb = Some(1025)).contains("heap_kb"));
        assert!(with(|d| d.exec_timeout_ms = Some(1)).contains("exec_timeout_ms"));
        assert!(with(|d| d.abi = Some(2)).contains("version 2"));
        assert!(with(|d| d.abi = Some(0)).contains("version 0"));
        let scope = ScopeDraft { ports: Some(vec![0]), ..ScopeDraft::default() };
        let refused = Draft { scope: Some(scope), ..draft() }.check().unwrap_err().0;
        assert!(refused.contains("scope.ports"));
    }
}
