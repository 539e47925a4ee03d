// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! From method and path to what is meant.

use alloc::format;

use akira_abi::PATH_MAX;

use super::error::{ApiError, Code};
use super::query::{self, Image, Options, Sha256};
use super::request;
use super::token::Access;
use crate::name::AppName;
use crate::path::DataPath;

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
    /// The page for browsers.
    Dashboard,
    /// The device's status.
    Status,
    /// The device's figures for monitoring, as OpenMetrics text.
    Metrics,
    /// All apps.
    Apps,
    /// One app's facts.
    App(AppName),
    /// Install or update an app; the body is the module.
    Install(AppName, Options),
    /// Install or update the app that the module's manifest names; the body is a multipart form.
    Upload(Options),
    /// Uninstall an app.
    Uninstall(AppName),
    /// Start an app.
    Start(AppName),
    /// Stop an app.
    Stop(AppName),
    /// Stop an app if it runs, then start it.
    Restart(AppName),
    /// Put the version before an app's last update in place again.
    Rollback(AppName),
    /// Set what an app is granted; the body is a [`Grants`](super::request).
    SetGrants(AppName),
    /// Set an app's memory quota; the body is a [`Quota`](super::request).
    SetQuota(AppName),
    /// Records of an app's log from this number on.
    Log(AppName, u32),
    /// The stream of events, over a WebSocket.
    Events,
    /// Make a ticket for [`Route::Events`].
    MakeTicket,
    /// A file, or what is in a directory.
    ReadFile(DataPath),
    /// Store a file; the body is its content, which must have that SHA-256 if there is one.
    WriteFile(DataPath, Option<Sha256>),
    /// Remove a file or an empty directory.
    RemoveFile(DataPath),
    /// What an operator has set of the device.
    Config,
    /// Set it; the body is a [`DeviceConfig`](crate::config::DeviceConfig).
    SetConfig,
    /// Store the certificate and the key for TLS; the body is PEM.
    SetTls,
    /// Forget them.
    RemoveTls,
    /// Make a new token for that access; the old one ends.
    MakeToken(Access),
    /// End the read token.
    RemoveReadToken,
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
    /// The firmware's slots.
    Firmware,
    /// Store firmware; the body is the image, or the rest of it.
    WriteFirmware(Image),
    /// Put the stored firmware on trial at the next boot.
    TestFirmware,
    /// Keep the firmware that runs on trial.
    ConfirmFirmware,
    /// Go back to the firmware before.
    RevertFirmware,
    /// Restart the device.
    Reboot,
    /// Store firmware; the body is a multipart form.
    UploadFirmware(Option<Sha256>),
    /// Throw the body away: how fast the transport is.
    Null(Option<Sha256>),
}

impl Route {
    /// Who may do that; `None` for everybody.
    pub fn access(&self) -> Option<Access> {
        match self {
            Route::Dashboard => None,
            Route::Status
            | Route::Metrics
            | Route::Apps
            | Route::App(_)
            | Route::Log(..)
            | Route::Events
            | Route::MakeTicket
            | Route::Display
            | Route::Sensors
            | Route::Audit(_)
            | Route::Firmware => Some(Access::Read),
            _ => Some(Access::Admin),
        }
    }

    /// The most bytes of a body that is collected before anything is done with it; `None` when there
    /// is no body or it is taken piece by piece.
    pub fn small_body(&self) -> Option<usize> {
        match self {
            Route::SetSensor(_)
            | Route::Input
            | Route::TrustKey(_)
            | Route::SetGrants(_)
            | Route::SetQuota(_)
            | Route::SetConfig => Some(request::BODY_MAX),
            Route::SetTls => Some(request::PEM_MAX),
            _ => None,
        }
    }
}

/// Finds out what `method` on `target` (path and query) means.
pub fn parse(method: &str, target: &str) -> Result<Route, ApiError> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let method = Method::from_name(method);
    let Some(rest) = path.strip_prefix("/api/v1/") else {
        return outside(method, path, query);
    };
    let (first, inner) = match rest.split_once('/') {
        Some((first, inner)) => (first, Some(inner)),
        None => (rest, None),
    };
    match (first, inner) {
        ("status", None) => only(method, Method::Get, "GET", || Ok(Route::Status)),
        ("metrics", None) => only(method, Method::Get, "GET", || Ok(Route::Metrics)),
        ("apps", None) => only(method, Method::Get, "GET", || Ok(Route::Apps)),
        ("apps", Some(inner)) => app(method, inner, query),
        ("events", None) => only(method, Method::Get, "GET", || Ok(Route::Events)),
        ("events", Some("ticket")) => only(method, Method::Post, "POST", || Ok(Route::MakeTicket)),
        ("files", inner) => file(method, inner.unwrap_or(""), query),
        ("config", None) => match method {
            Some(Method::Get) => Ok(Route::Config),
            Some(Method::Put) => Ok(Route::SetConfig),
            _ => Err(ApiError::method_not_allowed("GET, PUT")),
        },
        ("config", Some("tls")) => match method {
            Some(Method::Put) => Ok(Route::SetTls),
            Some(Method::Delete) => Ok(Route::RemoveTls),
            _ => Err(ApiError::method_not_allowed("PUT, DELETE")),
        },
        ("tokens", Some("admin")) => {
            only(method, Method::Post, "POST", || Ok(Route::MakeToken(Access::Admin)))
        }
        ("tokens", Some("read")) => match method {
            Some(Method::Post) => Ok(Route::MakeToken(Access::Read)),
            Some(Method::Delete) => Ok(Route::RemoveReadToken),
            _ => Err(ApiError::method_not_allowed("POST, DELETE")),
        },
        ("display", None) => only(method, Method::Get, "GET", || Ok(Route::Display)),
        ("sensors", None) => only(method, Method::Get, "GET", || Ok(Route::Sensors)),
        ("sensors", Some(id)) if !id.contains('/') => {
            only(method, Method::Put, "PUT", || sensor_id(id).map(Route::SetSensor))
        }
        ("input", None) => only(method, Method::Post, "POST", || Ok(Route::Input)),
        ("audit", None) => {
            only(method, Method::Get, "GET", || query::since(query).map(Route::Audit))
        }
        ("keys", None) => only(method, Method::Get, "GET", || Ok(Route::Keys)),
        ("keys", Some(name)) if !name.contains('/') => {
            let name = key_name(name)?;
            match method {
                Some(Method::Put) => Ok(Route::TrustKey(name)),
                Some(Method::Delete) => Ok(Route::UntrustKey(name)),
                _ => Err(ApiError::method_not_allowed("PUT, DELETE")),
            }
        }
        ("firmware", None) => match method {
            Some(Method::Get) => Ok(Route::Firmware),
            Some(Method::Put) => query::image(query).map(Route::WriteFirmware),
            _ => Err(ApiError::method_not_allowed("GET, PUT")),
        },
        ("firmware", Some("test")) => {
            only(method, Method::Post, "POST", || Ok(Route::TestFirmware))
        }
        ("firmware", Some("confirm")) => {
            only(method, Method::Post, "POST", || Ok(Route::ConfirmFirmware))
        }
        ("firmware", Some("revert")) => {
            only(method, Method::Post, "POST", || Ok(Route::RevertFirmware))
        }
        ("reboot", None) => only(method, Method::Post, "POST", || Ok(Route::Reboot)),
        ("null", None) => {
            only(method, Method::Put, "PUT", || query::sha256(query).map(Route::Null))
        }
        _ => Err(no_such_path()),
    }
}

/// What is not under `/api/v1/`: the page for browsers, and the original architecture's paths.
fn outside(method: Option<Method>, path: &str, query: &str) -> Result<Route, ApiError> {
    match path {
        "/" | "/index.html" => only(method, Method::Get, "GET", || Ok(Route::Dashboard)),
        "/status" => only(method, Method::Get, "GET", || Ok(Route::Status)),
        "/upload" => {
            only(method, Method::Post, "POST", || query::install(query).map(Route::Upload))
        }
        "/ota/upload" => {
            only(method, Method::Post, "POST", || query::sha256(query).map(Route::UploadFirmware))
        }
        _ => Err(no_such_path()),
    }
}

/// What is under `/api/v1/apps/`.
fn app(method: Option<Method>, inner: &str, query: &str) -> Result<Route, ApiError> {
    let (name, action) = match inner.split_once('/') {
        Some((name, action)) => (name, Some(action)),
        None => (inner, None),
    };
    match action {
        None => {
            let name = app_name(name)?;
            match method {
                Some(Method::Get) => Ok(Route::App(name)),
                Some(Method::Put) => Ok(Route::Install(name, query::install(query)?)),
                Some(Method::Delete) => Ok(Route::Uninstall(name)),
                _ => Err(ApiError::method_not_allowed("GET, PUT, DELETE")),
            }
        }
        Some("start") => only(method, Method::Post, "POST", || app_name(name).map(Route::Start)),
        Some("stop") => only(method, Method::Post, "POST", || app_name(name).map(Route::Stop)),
        Some("restart") => {
            only(method, Method::Post, "POST", || app_name(name).map(Route::Restart))
        }
        Some("rollback") => {
            only(method, Method::Post, "POST", || app_name(name).map(Route::Rollback))
        }
        Some("grants") => only(method, Method::Put, "PUT", || app_name(name).map(Route::SetGrants)),
        Some("quota") => only(method, Method::Put, "PUT", || app_name(name).map(Route::SetQuota)),
        Some("log") => only(method, Method::Get, "GET", || {
            Ok(Route::Log(app_name(name)?, query::since(query)?))
        }),
        Some(_) => Err(no_such_path()),
    }
}

/// What is under `/api/v1/files`.
fn file(method: Option<Method>, path: &str, query: &str) -> Result<Route, ApiError> {
    let path = || {
        DataPath::from_url(path).map_err(|_| {
            ApiError::new(
                Code::BadPath,
                format!(
                    "This is no path of a file. It is an app's name and a path in the app's folder \
                     of at most {PATH_MAX} bytes, such as hello/notes.txt, without .. or control \
                     characters."
                ),
            )
        })
    };
    match method {
        Some(Method::Get) => path().map(Route::ReadFile),
        Some(Method::Put) => Ok(Route::WriteFile(path()?, query::sha256(query)?)),
        Some(Method::Delete) => path().map(Route::RemoveFile),
        _ => Err(ApiError::method_not_allowed("GET, PUT, DELETE")),
    }
}

/// The refusal of a path that there is not.
pub fn no_such_path() -> ApiError {
    ApiError::new(Code::NotFound, "There is nothing at this path. The API is under /api/v1/.")
}

fn only(
    method: Option<Method>,
    wanted: Method,
    allow: &'static str,
    route: impl FnOnce() -> Result<Route, ApiError>,
) -> Result<Route, ApiError> {
    if method == Some(wanted) { route() } else { Err(ApiError::method_not_allowed(allow)) }
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
        let plain = Options::default();
        assert_eq!(parse("PUT", "/api/v1/apps/hello"), Ok(Route::Install(app(), plain)));
        assert_eq!(parse("POST", "/api/v1/apps/hello/restart"), Ok(Route::Restart(app())));
        assert_eq!(parse("POST", "/api/v1/apps/hello/rollback"), Ok(Route::Rollback(app())));
        assert_eq!(parse("PUT", "/api/v1/apps/hello/grants"), Ok(Route::SetGrants(app())));
        assert_eq!(parse("PUT", "/api/v1/apps/hello/quota"), Ok(Route::SetQuota(app())));
        assert_eq!(parse("DELETE", "/api/v1/apps/hello"), Ok(Route::Uninstall(app())));
        assert_eq!(parse("POST", "/api/v1/apps/hello/start"), Ok(Route::Start(app())));
        assert_eq!(parse("POST", "/api/v1/apps/hello/stop"), Ok(Route::Stop(app())));
        assert_eq!(parse("GET", "/api/v1/apps/hello/log?since=7"), Ok(Route::Log(app(), 7)));
        assert_eq!(parse("GET", "/api/v1/apps/hello/log"), Ok(Route::Log(app(), 0)));
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
    fn files() {
        let path = |text: &str| DataPath::from_url(text).unwrap();
        assert_eq!(parse("GET", "/api/v1/files"), Ok(Route::ReadFile(path(""))));
        assert_eq!(parse("GET", "/api/v1/files/"), Ok(Route::ReadFile(path(""))));
        let target = "/api/v1/files/hello/a%20b?x=1";
        assert_eq!(parse("GET", target), Ok(Route::ReadFile(path("hello/a b"))));
        let target = "/api/v1/files/hello/a/b/c/d";
        assert_eq!(parse("PUT", target), Ok(Route::WriteFile(path("hello/a/b/c/d"), None)));
        assert_eq!(parse("DELETE", target), Ok(Route::RemoveFile(path("hello/a/b/c/d"))));
        assert_eq!(code("GET", "/api/v1/files/hello/../x"), Code::BadPath);
        assert_eq!(code("PUT", "/api/v1/files/%2e%2e/x"), Code::BadPath);
        assert_eq!(code("PUT", "/api/v1/files/hello/x?sha256=1"), Code::BadRequest);
        assert_eq!(code("POST", "/api/v1/files/hello/x"), Code::MethodNotAllowed);
    }

    #[test]
    fn tokens_config_and_the_rest() {
        assert_eq!(parse("GET", "/"), Ok(Route::Dashboard));
        assert_eq!(parse("GET", "/index.html?x"), Ok(Route::Dashboard));
        assert_eq!(parse("GET", "/status"), Ok(Route::Status));
        assert_eq!(parse("POST", "/upload"), Ok(Route::Upload(Options::default())));
        assert_eq!(parse("POST", "/ota/upload"), Ok(Route::UploadFirmware(None)));
        assert_eq!(parse("GET", "/api/v1/metrics"), Ok(Route::Metrics));
        assert_eq!(parse("GET", "/api/v1/events?types=log"), Ok(Route::Events));
        assert_eq!(parse("POST", "/api/v1/events/ticket"), Ok(Route::MakeTicket));
        assert_eq!(parse("PUT", "/api/v1/config"), Ok(Route::SetConfig));
        assert_eq!(parse("DELETE", "/api/v1/config/tls"), Ok(Route::RemoveTls));
        assert_eq!(parse("POST", "/api/v1/tokens/read"), Ok(Route::MakeToken(Access::Read)));
        assert_eq!(parse("DELETE", "/api/v1/tokens/read"), Ok(Route::RemoveReadToken));
        assert_eq!(code("DELETE", "/api/v1/tokens/admin"), Code::MethodNotAllowed);
        assert_eq!(code("POST", "/api/v1/tokens/root"), Code::NotFound);
        assert_eq!(parse("GET", "/api/v1/firmware"), Ok(Route::Firmware));
        let image = Route::WriteFirmware(Image::default());
        assert_eq!(parse("PUT", "/api/v1/firmware"), Ok(image));
        assert_eq!(parse("POST", "/api/v1/firmware/test"), Ok(Route::TestFirmware));
        assert_eq!(parse("POST", "/api/v1/firmware/confirm"), Ok(Route::ConfirmFirmware));
        assert_eq!(parse("POST", "/api/v1/firmware/revert"), Ok(Route::RevertFirmware));
        assert_eq!(parse("POST", "/api/v1/reboot"), Ok(Route::Reboot));
        assert_eq!(code("GET", "/api/v1/reboot"), Code::MethodNotAllowed);
        assert_eq!(code("POST", "/api/v1/firmware/x"), Code::NotFound);
        assert_eq!(parse("PUT", "/api/v1/null"), Ok(Route::Null(None)));
        assert_eq!(code("POST", "/"), Code::MethodNotAllowed);
    }

    /// What a read token may do changes nothing, and nothing that changes something is a GET.
    #[test]
    fn reading_is_told_from_changing() {
        let targets = [
            "/",
            "/status",
            "/upload",
            "/ota/upload",
            "/api/v1/status",
            "/api/v1/metrics",
            "/api/v1/apps",
            "/api/v1/apps/a",
            "/api/v1/apps/a/start",
            "/api/v1/apps/a/stop",
            "/api/v1/apps/a/restart",
            "/api/v1/apps/a/rollback",
            "/api/v1/apps/a/grants",
            "/api/v1/apps/a/quota",
            "/api/v1/apps/a/log",
            "/api/v1/events",
            "/api/v1/events/ticket",
            "/api/v1/files/a/x",
            "/api/v1/config",
            "/api/v1/config/tls",
            "/api/v1/tokens/admin",
            "/api/v1/tokens/read",
            "/api/v1/display",
            "/api/v1/sensors",
            "/api/v1/sensors/0",
            "/api/v1/input",
            "/api/v1/audit",
            "/api/v1/keys",
            "/api/v1/keys/a",
            "/api/v1/firmware",
            "/api/v1/firmware/test",
            "/api/v1/firmware/confirm",
            "/api/v1/firmware/revert",
            "/api/v1/reboot",
            "/api/v1/null",
        ];
        let admin_only = [Route::Config, Route::Keys];
        for target in targets {
            for method in ["GET", "PUT", "POST", "DELETE"] {
                let Ok(route) = parse(method, target) else { continue };
                let secret = admin_only.contains(&route) || matches!(route, Route::ReadFile(_));
                let harmless = method == "GET" || route == Route::MakeTicket;
                let admin = route.access() == Some(Access::Admin);
                assert_eq!(admin, !harmless || secret, "{method} {target}");
                assert_eq!(route.access().is_none(), target == "/", "{method} {target}");
            }
        }
    }

    #[test]
    fn refusals() {
        assert_eq!(code("GET", "/api"), Code::NotFound);
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
