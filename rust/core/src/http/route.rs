// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! From method and path to what is meant.

use alloc::format;

use akira_abi::{CapSet, Capability};

use super::error::{ApiError, Code};
use crate::name::AppName;

/// The methods that the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Read something.
    Get,
    /// Store something under its name.
    Put,
    /// Do something.
    Post,
    /// Remove something.
    Delete,
}

impl Method {
    /// The method of that name; names are case-sensitive (RFC 9110, 9.1).
    pub fn from_name(name: &str) -> Option<Method> {
        match name {
            "GET" => Some(Method::Get),
            "PUT" => Some(Method::Put),
            "POST" => Some(Method::Post),
            "DELETE" => Some(Method::Delete),
            _ => None,
        }
    }
}

/// What a request means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// The device's status.
    Status,
    /// All apps.
    Apps,
    /// One app's facts.
    App(AppName),
    /// Install or update an app; the body is the module. It gets none of the capabilities here.
    Install(AppName, CapSet),
    /// Uninstall an app.
    Uninstall(AppName),
    /// Start an app.
    Start(AppName),
    /// Stop an app.
    Stop(AppName),
    /// Records of an app's log from this number on.
    Log(AppName, u32),
    /// What the display shows.
    Display,
    /// All sensors and what they measure.
    Sensors,
    /// Set what a simulated sensor measures; the body is a [`SensorValue`](super::request).
    SetSensor(u8),
    /// Press, touch or move a simulated input; the body is an [`Input`](super::request).
    Input,
    /// Records of the audit log from this number on.
    Audit(u32),
    /// The trusted keys.
    Keys,
    /// Trust a key; the body is a [`PublicKey`](super::request).
    TrustKey(AppName),
    /// Trust a key no longer.
    UntrustKey(AppName),
}

impl Route {
    /// Whether the request has a JSON body.
    pub fn takes_json(&self) -> bool {
        matches!(self, Route::SetSensor(_) | Route::Input | Route::TrustKey(_))
    }
}

/// Finds out what `method` on `target` (path and query) means.
pub fn parse(method: &str, target: &str) -> Result<Route, ApiError> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let Some(rest) = path.strip_prefix("/api/v1/") else {
        return Err(no_such_path());
    };
    let mut parts = rest.splitn(4, '/');
    let place = (parts.next().unwrap_or(""), parts.next(), parts.next(), parts.next());
    let method = Method::from_name(method);
    match place {
        ("status", None, ..) => only(method, Method::Get, "GET").map(|()| Route::Status),
        ("apps", None, ..) => only(method, Method::Get, "GET").map(|()| Route::Apps),
        ("apps", Some(name), None, _) => {
            let name = app_name(name)?;
            match method {
                Some(Method::Get) => Ok(Route::App(name)),
                Some(Method::Put) => Ok(Route::Install(name, denied(query)?)),
                Some(Method::Delete) => Ok(Route::Uninstall(name)),
                _ => Err(ApiError::method_not_allowed("GET, PUT, DELETE")),
            }
        }
        ("apps", Some(name), Some("start"), None) => {
            only(method, Method::Post, "POST")?;
            app_name(name).map(Route::Start)
        }
        ("apps", Some(name), Some("stop"), None) => {
            only(method, Method::Post, "POST")?;
            app_name(name).map(Route::Stop)
        }
        ("apps", Some(name), Some("log"), None) => {
            only(method, Method::Get, "GET")?;
            Ok(Route::Log(app_name(name)?, since(query)?))
        }
        ("display", None, ..) => only(method, Method::Get, "GET").map(|()| Route::Display),
        ("sensors", None, ..) => only(method, Method::Get, "GET").map(|()| Route::Sensors),
        ("sensors", Some(id), None, _) => {
            only(method, Method::Put, "PUT")?;
            sensor_id(id).map(Route::SetSensor)
        }
        ("input", None, ..) => only(method, Method::Post, "POST").map(|()| Route::Input),
        ("audit", None, ..) => {
            only(method, Method::Get, "GET")?;
            since(query).map(Route::Audit)
        }
        ("keys", None, ..) => only(method, Method::Get, "GET").map(|()| Route::Keys),
        ("keys", Some(name), None, _) => {
            let name = key_name(name)?;
            match method {
                Some(Method::Put) => Ok(Route::TrustKey(name)),
                Some(Method::Delete) => Ok(Route::UntrustKey(name)),
                _ => Err(ApiError::method_not_allowed("PUT, DELETE")),
            }
        }
        _ => Err(no_such_path()),
    }
}

fn no_such_path() -> ApiError {
    ApiError::new(Code::NotFound, "There is nothing at this path. The API is under /api/v1/.")
}

fn only(method: Option<Method>, wanted: Method, allow: &'static str) -> Result<(), ApiError> {
    if method == Some(wanted) { Ok(()) } else { Err(ApiError::method_not_allowed(allow)) }
}

fn app_name(text: &str) -> Result<AppName, ApiError> {
    text.parse().map_err(|bad| ApiError::new(Code::BadName, format!("{bad}")))
}

fn key_name(text: &str) -> Result<AppName, ApiError> {
    text.parse().map_err(|_| {
        ApiError::new(
            Code::BadName,
            "A key's name is 1 to 31 characters, a to z, 0 to 9, '_' and '-', starts with a letter \
             or a digit, and is not akira.",
        )
    })
}

fn sensor_id(text: &str) -> Result<u8, ApiError> {
    text.parse().map_err(|_| {
        ApiError::new(
            Code::NotFound,
            "Sensors have numbers, such as /api/v1/sensors/0. GET /api/v1/sensors lists them.",
        )
    })
}

/// The capabilities that an operator withholds. A misspelt one must not go unseen, so nothing else
/// may be in the query.
fn denied(query: &str) -> Result<CapSet, ApiError> {
    let mut denied = CapSet::EMPTY;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let names = pair.strip_prefix("deny=").ok_or_else(|| {
            ApiError::new(
                Code::BadRequest,
                "An install knows only the query `deny=`, with capabilities that are withheld.",
            )
        })?;
        // Clients may escape the comma (RFC 3986, 2.2).
        let names = names.replace("%2C", ",").replace("%2c", ",");
        for name in names.split(',').filter(|name| !name.is_empty()) {
            denied = denied.with(Capability::from_name(name).ok_or_else(|| {
                let known = Capability::ALL.map(Capability::name).join(", ");
                ApiError::new(
                    Code::BadRequest,
                    format!("`deny` names an unknown capability. Known are {known}."),
                )
            })?);
        }
    }
    Ok(denied)
}

fn since(query: &str) -> Result<u32, ApiError> {
    let mut since = 0;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        if let Some(value) = pair.strip_prefix("since=") {
            since = value.parse().map_err(|_| {
                ApiError::new(
                    Code::BadRequest,
                    "`since` must be the number of a record, 0 to 4294967295.",
                )
            })?;
        }
    }
    Ok(since)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(method: &str, target: &str) -> Code {
        parse(method, target).unwrap_err().code
    }

    #[test]
    fn routes() {
        let app = || "hello".parse().unwrap();
        assert_eq!(parse("GET", "/api/v1/status"), Ok(Route::Status));
        assert_eq!(parse("GET", "/api/v1/apps?x=1"), Ok(Route::Apps));
        assert_eq!(parse("PUT", "/api/v1/apps/hello"), Ok(Route::Install(app(), CapSet::EMPTY)));
        assert_eq!(parse("DELETE", "/api/v1/apps/hello"), Ok(Route::Uninstall(app())));
        assert_eq!(parse("POST", "/api/v1/apps/hello/start"), Ok(Route::Start(app())));
        assert_eq!(parse("POST", "/api/v1/apps/hello/stop"), Ok(Route::Stop(app())));
        assert_eq!(parse("GET", "/api/v1/apps/hello/log?since=7"), Ok(Route::Log(app(), 7)));
        assert_eq!(parse("GET", "/api/v1/apps/hello/log"), Ok(Route::Log(app(), 0)));
    }

    #[test]
    fn what_an_operator_withholds() {
        let two = CapSet::EMPTY.with(Capability::Rf).with(Capability::FsWrite);
        for query in ["deny=rf,fs_write", "deny=rf%2Cfs_write", "deny=rf&deny=fs_write,"] {
            let target = format!("/api/v1/apps/hello?{query}");
            let route = parse("PUT", &target);
            assert_eq!(route, Ok(Route::Install("hello".parse().unwrap(), two)), "{query}");
        }
        for query in ["deny=root", "deny=*", "dney=rf", "deny", "x"] {
            assert_eq!(code("PUT", &format!("/api/v1/apps/hello?{query}")), Code::BadRequest);
        }
    }

    #[test]
    fn the_device_s_own_parts() {
        assert_eq!(parse("GET", "/api/v1/display"), Ok(Route::Display));
        assert_eq!(parse("GET", "/api/v1/sensors"), Ok(Route::Sensors));
        assert_eq!(parse("PUT", "/api/v1/sensors/12"), Ok(Route::SetSensor(12)));
        assert_eq!(parse("POST", "/api/v1/input"), Ok(Route::Input));
        assert_eq!(code("PUT", "/api/v1/sensors/256"), Code::NotFound);
        assert_eq!(code("PUT", "/api/v1/sensors/"), Code::NotFound);
        assert_eq!(code("GET", "/api/v1/sensors/0"), Code::MethodNotAllowed);
        assert_eq!(code("POST", "/api/v1/display"), Code::MethodNotAllowed);
        assert_eq!(code("GET", "/api/v1/input"), Code::MethodNotAllowed);
    }

    #[test]
    fn audit_and_keys() {
        let alice = || "alice".parse().unwrap();
        assert_eq!(parse("GET", "/api/v1/audit"), Ok(Route::Audit(0)));
        assert_eq!(parse("GET", "/api/v1/audit?since=9"), Ok(Route::Audit(9)));
        assert_eq!(parse("GET", "/api/v1/keys"), Ok(Route::Keys));
        assert_eq!(parse("PUT", "/api/v1/keys/alice"), Ok(Route::TrustKey(alice())));
        assert_eq!(parse("DELETE", "/api/v1/keys/alice"), Ok(Route::UntrustKey(alice())));
        assert_eq!(code("DELETE", "/api/v1/audit"), Code::MethodNotAllowed);
        assert_eq!(code("GET", "/api/v1/keys/alice"), Code::MethodNotAllowed);
        assert_eq!(code("PUT", "/api/v1/keys/.."), Code::BadName);
        assert_eq!(code("PUT", "/api/v1/keys/"), Code::BadName);
    }

    #[test]
    fn refusals() {
        assert_eq!(code("GET", "/"), Code::NotFound);
        assert_eq!(code("GET", "/api/v1/"), Code::NotFound);
        assert_eq!(code("GET", "/api/v1/apps/a/b/c"), Code::NotFound);
        assert_eq!(code("GET", "/api/v1/apps/a/start/x"), Code::NotFound);
        assert_eq!(code("GET", "/api/v1/apps/"), Code::BadName);
        assert_eq!(code("PUT", "/api/v1/apps/..%2fx"), Code::BadName);
        assert_eq!(code("GET", "/api/v1/apps/hello/start"), Code::MethodNotAllowed);
        assert_eq!(code("get", "/api/v1/status"), Code::MethodNotAllowed);
        assert_eq!(code("GET", "/api/v1/apps/a/log?since=-1"), Code::BadRequest);
    }

    proptest! {
        #[test]
        fn no_target_panics(method in ".{0,8}", target in ".{0,80}") {
            let _ = parse(&method, &target);
            let _ = parse("GET", &alloc::format!("/api/v1/{target}"));
        }
    }
}
