// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! From method and path to what is meant.

use alloc::format;

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
    /// Install or update an app; the body is the module.
    Install(AppName),
    /// Uninstall an app.
    Uninstall(AppName),
    /// Start an app.
    Start(AppName),
    /// Stop an app.
    Stop(AppName),
    /// Records of an app's log from this number on.
    Log(AppName, u32),
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
                Some(Method::Put) => Ok(Route::Install(name)),
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

fn since(query: &str) -> Result<u32, ApiError> {
    let mut since = 0;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        if let Some(value) = pair.strip_prefix("since=") {
            since = value.parse().map_err(|_| {
                ApiError::new(
                    Code::BadRequest,
                    "`since` must be the number of a log record, 0 to 4294967295.",
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
        assert_eq!(parse("PUT", "/api/v1/apps/hello"), Ok(Route::Install(app())));
        assert_eq!(parse("DELETE", "/api/v1/apps/hello"), Ok(Route::Uninstall(app())));
        assert_eq!(parse("POST", "/api/v1/apps/hello/start"), Ok(Route::Start(app())));
        assert_eq!(parse("POST", "/api/v1/apps/hello/stop"), Ok(Route::Stop(app())));
        assert_eq!(parse("GET", "/api/v1/apps/hello/log?since=7"), Ok(Route::Log(app(), 7)));
        assert_eq!(parse("GET", "/api/v1/apps/hello/log"), Ok(Route::Log(app(), 0)));
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
