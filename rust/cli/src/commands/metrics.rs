// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `metrics`: what a device counts and measures, as OpenMetrics text or as JSON.

use serde_json::{Map, Value, json};

use crate::client::Device;
use crate::error::{CliError, Result};
use crate::output;

pub fn run(device: &Device, json: bool) -> Result<()> {
    let text = device.metrics()?;
    if json {
        let metrics = read(&text).ok_or_else(|| {
            CliError::unreachable("What the device sent is no OpenMetrics text.")
                .hint("See it as it is without --json.")
        })?;
        output::print_json(&json!({ "metrics": metrics }));
    } else {
        for line in text.lines() {
            output::print_line(&output::clean(line));
        }
    }
    Ok(())
}

/// The samples of a text in the form of OpenMetrics 1.0.
fn read(text: &str) -> Option<Vec<Value>> {
    let mut samples = Vec::new();
    for line in text.lines() {
        if line == "# EOF" {
            return Some(samples);
        }
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        samples.push(sample(line)?);
    }
    // Cut off.
    None
}

/// `name{label="value",...} number`, perhaps with a time behind it.
fn sample(line: &str) -> Option<Value> {
    let end = line.find(['{', ' '])?;
    let (name, mut rest) = line.split_at(end);
    let mut labels = Map::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        while !rest.starts_with('}') {
            let (label, behind) = rest.split_once("=\"")?;
            let (value, behind) = quoted(behind)?;
            labels.insert(label.to_owned(), value.into());
            rest = behind.strip_prefix(',').unwrap_or(behind);
        }
        rest = &rest[1..];
    }
    let number = rest.split_ascii_whitespace().next()?;
    let value = match number.parse::<i64>() {
        Ok(whole) => json!(whole),
        Err(_) => json!(number.parse::<f64>().ok()?),
    };
    Some(json!({ "name": name, "labels": labels, "value": value }))
}

/// The text up to the closing quote, and what is behind that.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(match letters.next()?.1 {
                'n' => '\n',
                other => other,
            }),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_with_and_without_labels() {
        let text = "# TYPE a gauge\n# HELP a An a.\na 1\n\
                    b_total{x=\"1\",y=\"a\\\"b\\\\c\\nd\"} 2.5\n# EOF\n";
        let expected = vec![
            json!({ "name": "a", "labels": {}, "value": 1 }),
            json!({ "name": "b_total", "labels": { "x": "1", "y": "a\"b\\c\nd" }, "value": 2.5 }),
        ];
        assert_eq!(read(text), Some(expected));
    }

    #[test]
    fn what_is_cut_off_or_something_else_is_refused() {
        for text in
            ["", "a 1\n", "hello\n# EOF\n", "a{x=\"1\n# EOF\n", "a{x} 1\n# EOF", "a x\n# EOF"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
