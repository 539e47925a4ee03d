// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The host and the bindings of the three languages agree on every native function: on its name, its
//! type and its number, which is its place.
//!
//! What is written is read from the generated files by a reader of its own, which shares nothing
//! with the generators. What compilers make of it is read from the imports of an app that uses every
//! function, built in a project of `akira new`.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use akira_abi::{MODULE, TABLE};
use common::{akira, akira_in, built};
use tempfile::TempDir;

/// A function as a file of bindings declares it: its name, and its type in WAMR's letters.
type Declared = (String, String);

/// What the host registers, in the order of the numbers.
fn host() -> Vec<Declared> {
    for (place, function) in TABLE.iter().enumerate() {
        assert_eq!(usize::from(function.id), place, "{}", function.name);
    }
    TABLE.iter().map(|f| (f.name.to_owned(), f.signature().as_str().to_owned())).collect()
}

/// The text between `from` and `to`, and what follows `to`.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<(&'a str, &'a str)> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to)
}

/// The letters of a list of parameters, each of which `letter` reads.
fn signature(params: &str, result: &str, letter: impl Fn(&str) -> &'static str) -> String {
    let params: String =
        params.split(',').map(str::trim).filter(|p| !p.is_empty()).map(&letter).collect();
    format!("({params}){}", letter(result.trim()))
}

/// `AKIRA_IMPORT(name) int32_t akira_name(const void *text, uint32_t text_len);`
fn declared_in_c(header: &str) -> Vec<Declared> {
    let letter = |text: &str| match text {
        "void" => "",
        _ if text.contains('*') => "i",
        _ if text.starts_with("int64_t") => "I",
        _ if text.starts_with("int32_t") || text.starts_with("uint32_t") => "i",
        other => panic!("what is {other:?}?"),
    };
    let mut found = Vec::new();
    let (_, mut rest) = header.split_once("import_name(#name)))").expect("the macro");
    while let Some((name, after)) = between(rest, "AKIRA_IMPORT(", ")") {
        let (declaration, after) = after.split_once(");").expect("a declaration");
        let (head, params) = declaration.split_once('(').expect("parameters");
        let (result, own) = head.trim().split_once(' ').expect("a result and a name");
        assert_eq!(own, format!("akira_{name}"));
        found.push((name.to_owned(), signature(params, result, letter)));
        rest = after;
    }
    found
}

/// `pub safe fn name(handle: i32) -> i32;`
fn declared_in_rust(bindings: &str) -> Vec<Declared> {
    let letter = |text: &str| match text.rsplit(": ").next().unwrap_or("") {
        "" => "",
        "i64" => "I",
        "i32" | "usize" | "*const u8" | "*mut u8" | "&mut f32" => "i",
        other => panic!("what is {other:?}?"),
    };
    let (import, mut rest) =
        between(bindings, "wasm_import_module = \"", "\")]").expect("the imports");
    assert_eq!(import, MODULE);
    let mut found = Vec::new();
    while let Some((head, after)) = between(rest, "safe fn ", ";") {
        let (name, rest_of) = head.split_once('(').expect("parameters");
        let (params, result) = rest_of.rsplit_once(')').expect("parameters");
        let result = result.trim().trim_start_matches("->");
        found.push((name.to_owned(), signature(params, result, letter)));
        rest = after;
    }
    found
}

/// `@external("akira", "name") export declare function name(text: usize, text_len: i32): i32;`
fn declared_in_assembly(bindings: &str) -> Vec<Declared> {
    let letter = |text: &str| match text.rsplit(": ").next().unwrap_or("") {
        "void" => "",
        "i64" => "I",
        "i32" | "usize" => "i",
        other => panic!("what is {other:?}?"),
    };
    let mut found = Vec::new();
    let mut rest = bindings;
    while let Some((name, after)) = between(rest, "@external(\"akira\", \"", "\")") {
        let (head, after) = between(after, "export declare function ", ";").expect("a function");
        let (own, rest_of) = head.split_once('(').expect("parameters");
        let (params, result) = rest_of.rsplit_once("):").expect("a result");
        assert_eq!(own, name);
        found.push((name.to_owned(), signature(params, result, letter)));
        rest = after;
    }
    found
}

#[test]
fn the_files_declare_what_the_host_registers() {
    assert_eq!(declared_in_c(&akira(&["abi", "c"]).success()), host());
    assert_eq!(declared_in_rust(&akira(&["abi", "rust"]).success()), host());
    assert_eq!(declared_in_assembly(&akira(&["abi", "as"]).success()), host());
}

/// Builds an app whose main source file is this one, and compares its imports with the table.
fn imports_fit(lang: &str, file: &str, source: &str) {
    let folder = TempDir::new().unwrap();
    akira_in(folder.path(), &["new", "all", "--lang", lang]).success();
    let project = folder.path().join("all");
    assert!(project.join(file).is_file());
    fs::write(project.join(file), source).unwrap();
    if !built(akira_in(&project, &["build", "--json"]), lang) {
        return;
    }
    let expected: BTreeMap<String, String> = host().into_iter().collect();
    assert_eq!(imports(&project.join("build/all.wasm")), expected, "{lang}");
}

/// The imports of an app with their types.
fn imports(app: &Path) -> BTreeMap<String, String> {
    let report = akira(&["inspect", app.to_str().unwrap(), "--json"]).json();
    let imports = report["module"]["imports"].as_array().expect("imports").iter();
    imports
        .map(|import| {
            let text = |field: &str| import[field].as_str().expect("text").to_owned();
            assert_eq!(text("module"), MODULE);
            assert_eq!(import["known"], true, "{import}");
            (text("name"), text("signature"))
        })
        .collect()
}

fn lines(one: impl Fn(&Declared) -> String) -> String {
    host().iter().map(one).collect()
}

#[test]
fn c_imports_what_the_host_registers() {
    let names = lines(|(name, _)| format!("(any)akira_{name},\n"));
    let source = format!(
        "#include \"akira.h\"\n\
         typedef void (*any)(void);\n\
         static const any all[] = {{\n{names}}};\n\
         volatile any one;\n\
         void _start(void)\n{{\n\
         for (unsigned int i = 0; i < sizeof(all) / sizeof(all[0]); i++) {{ one = all[i]; }}\n}}\n"
    );
    imports_fit("c", "main.c", &source);
}

#[test]
fn rust_imports_what_the_host_registers() {
    let names = lines(|(name, _)| format!("native::{name} as *const (),\n"));
    let source = format!(
        "#![no_std]\n\
         use akira_sdk::native;\n\
         akira_sdk::entry!(main);\n\
         fn main() {{\ncore::hint::black_box([\n{names}]);\n}}\n"
    );
    imports_fit("rust", "src/lib.rs", &source);
}

#[test]
fn assemblyscript_imports_what_the_host_registers() {
    let calls = lines(|(name, signature)| {
        let params = signature.split(')').next().unwrap_or("").len() - 1;
        format!("  akira.{name}({});\n", vec!["0"; params].join(", "))
    });
    let source = format!(
        "import * as akira from \"./akira/akira\";\n\
         export function all(): void {{\n{calls}}}\n"
    );
    imports_fit("as", "main.ts", &source);
}
