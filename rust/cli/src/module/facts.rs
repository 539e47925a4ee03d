// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What is in a module.

use akira_abi::{CapSet, env};
use serde::Serialize;
use wasmparser::{
    ExternalKind, FuncType, Parser, Payload, RecGroup, TypeRef, ValType, WasmFeatures,
};

use super::pack::bad_module;
use crate::error::Result;

/// The parts of the WebAssembly language that the device's engine knows.
pub const FEATURES: WasmFeatures = WasmFeatures::WASM1
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::REFERENCE_TYPES);

/// One section.
#[derive(Debug, Serialize)]
pub struct Section {
    pub name: String,
    pub bytes: u64,
}

/// One import.
#[derive(Debug, Serialize)]
pub struct Import {
    pub module: String,
    pub name: String,
    /// The type in WAMR's letters, or the kind of a thing that is no function.
    pub signature: String,
    /// The capability that it needs, `a or b` when one of two will do.
    pub capability: Option<String>,
    /// The same as a set.
    #[serde(skip)]
    pub needs: CapSet,
    /// Whether the device has it with that type.
    pub known: bool,
}

/// One exported function.
#[derive(Debug, Serialize)]
pub struct Export {
    pub name: String,
    /// The type in WAMR's letters.
    pub signature: String,
}

/// The linear memory, in pages of 64 KiB.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Memory {
    pub initial_pages: u64,
    pub maximum_pages: Option<u64>,
}

/// Everything worth knowing about a module that can be read.
#[derive(Debug, Default, Serialize)]
pub struct Facts {
    pub sections: Vec<Section>,
    pub imports: Vec<Import>,
    /// The exported functions.
    pub exports: Vec<Export>,
    pub memory: Option<Memory>,
    /// Functions with code.
    pub functions: u32,
}

impl Facts {
    /// Reads a module. Whether its code is valid is not looked at.
    pub fn read(module: &[u8]) -> Result<Self> {
        let mut facts = Facts::default();
        let mut types = Types::default();
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload.map_err(|error| bad_module(&error))?;
            facts.take(payload, &mut types).map_err(|error| bad_module(&error))?;
        }
        Ok(facts)
    }

    fn take(&mut self, payload: Payload<'_>, types: &mut Types) -> wasmparser::Result<()> {
        if let Some((id, range)) = payload.as_section() {
            let name = match &payload {
                Payload::CustomSection(section) => format!("custom \"{}\"", section.name()),
                _ => section_name(id).to_owned(),
            };
            self.sections.push(Section { name, bytes: range.end - range.start });
        }
        match payload {
            Payload::TypeSection(reader) => {
                for group in reader {
                    types.all.extend(function_types(&group?));
                }
            }
            Payload::ImportSection(reader) => {
                for import in reader.into_imports() {
                    let import = import?;
                    if let TypeRef::Func(index) = import.ty {
                        types.functions.push(index);
                    }
                    self.imports.push(describe(import.module, import.name, import.ty, types));
                }
            }
            Payload::FunctionSection(reader) => {
                for index in reader {
                    types.functions.push(index?);
                }
            }
            Payload::MemorySection(reader) => {
                for memory in reader {
                    let memory = memory?;
                    self.memory = Some(Memory {
                        initial_pages: memory.initial,
                        maximum_pages: memory.maximum,
                    });
                }
            }
            Payload::ExportSection(reader) => {
                for export in reader {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        self.exports.push(Export {
                            name: export.name.to_owned(),
                            signature: types.of_function(export.index),
                        });
                    }
                }
            }
            Payload::CodeSectionStart { count, .. } => self.functions = count,
            _ => {}
        }
        Ok(())
    }
}

/// The types of a module, as far as they have been read.
#[derive(Default)]
struct Types {
    all: Vec<Option<FuncType>>,
    /// The type of each function, imported ones first.
    functions: Vec<u32>,
}

impl Types {
    /// A type as WAMR writes it; an index that leads nowhere is for the validation to refuse.
    fn letters(&self, index: u32) -> String {
        match self.all.get(index as usize) {
            Some(Some(function)) => letters(function),
            _ => "?".to_owned(),
        }
    }

    fn of_function(&self, index: u32) -> String {
        self.functions.get(index as usize).map_or("?".to_owned(), |ty| self.letters(*ty))
    }
}

fn function_types(group: &RecGroup) -> Vec<Option<FuncType>> {
    group
        .types()
        .map(|ty| match &ty.composite_type.inner {
            wasmparser::CompositeInnerType::Func(function) => Some(function.clone()),
            _ => None,
        })
        .collect()
}

fn describe(module: &str, name: &str, ty: TypeRef, types: &Types) -> Import {
    let signature = match ty {
        TypeRef::Func(index) => types.letters(index),
        TypeRef::Memory(_) => "memory".to_owned(),
        TypeRef::Table(_) => "table".to_owned(),
        TypeRef::Global(_) => "global".to_owned(),
        _ => "?".to_owned(),
    };
    let (known, needs) = on_device(module, name, &signature);
    Import {
        module: module.to_owned(),
        name: name.to_owned(),
        known,
        capability: (!needs.is_empty()).then(|| needs.to_string()),
        needs,
        signature,
    }
}

/// Whether a device has a function of this name and type, and what a function of this name needs.
fn on_device(module: &str, name: &str, signature: &str) -> (bool, CapSet) {
    let function = |name: &str| akira_abi::TABLE.iter().find(|function| function.name == name);
    let needs = |name: &str| function(name).map_or(CapSet::EMPTY, |function| function.needs);
    match module {
        akira_abi::MODULE => {
            let known = function(name).is_some_and(|f| f.signature().as_str() == signature);
            (known, needs(name))
        }
        // Versions 1.4 and 1.6 differ in this one.
        env::MODULE if name == "rf_get_rssi" => {
            (matches!(signature, "(i)i" | "()i"), needs("rf_status"))
        }
        env::MODULE => match env::ALIASES.iter().find(|alias| alias.name == name) {
            Some(alias) => (alias.signature().as_str() == signature, needs(alias.of)),
            None => (false, CapSet::EMPTY),
        },
        _ => (false, CapSet::EMPTY),
    }
}

/// A function type as WAMR writes it.
fn letters(function: &FuncType) -> String {
    let of = |types: &[ValType]| -> String {
        types
            .iter()
            .map(|ty| match ty {
                ValType::I32 => 'i',
                ValType::I64 => 'I',
                ValType::F32 => 'f',
                ValType::F64 => 'F',
                _ => '?',
            })
            .collect()
    };
    format!("({}){}", of(function.params()), of(function.results()))
}

fn section_name(id: u8) -> &'static str {
    match id {
        1 => "type",
        2 => "import",
        3 => "function",
        4 => "table",
        5 => "memory",
        6 => "global",
        7 => "export",
        8 => "start",
        9 => "element",
        10 => "code",
        11 => "data",
        12 => "data count",
        13 => "tag",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_modules_are_known_with_their_types_only() {
        for (module, name, signature, known) in [
            ("akira", "display_text", "(iiiii)i", true),
            ("akira", "display_text", "(iiii)i", false),
            ("env", "display_text", "(iiii)i", true),
            ("env", "display_text", "(iiiii)i", false),
            ("env", "rf_get_rssi", "(i)i", true),
            ("env", "rf_get_rssi", "()i", true),
            ("env", "rf_get_rssi", "(ii)i", false),
            ("env", "time_ms", "()I", false),
            ("wasi", "log", "(ii)i", false),
        ] {
            assert_eq!(on_device(module, name, signature).0, known, "{module}.{name}{signature}");
        }
        assert_eq!(on_device("env", "sensor_read", "(i)i").1.to_string(), "sensor");
        assert_eq!(on_device("env", "rf_get_rssi", "()i").1.to_string(), "rf");
        assert!(on_device("env", "printf_native", "(i)i").1.is_empty());
    }
}
