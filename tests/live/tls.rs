//! Certificates, made when they are needed.

use jiff::{Span, Timestamp, tz::TimeZone};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig, ServerConnection,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use std::{fs, path::Path, sync::Arc, time::Instant};

/// What a server shows, and the key to it.
#[derive(Clone)]
pub struct Identity(Arc<ServerConfig>);

impl Identity {
    /// A new connection of a server that shows it.
    pub fn connection(&self) -> ServerConnection {
        ServerConnection::new(Arc::clone(&self.0)).unwrap()
    }

    fn new(certificate: CertificateDer<'static>, key: &KeyPair) -> Self {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        Self(Arc::new(builder.with_single_cert(vec![certificate], key).unwrap()))
    }

    /// One that nobody vouches for.
    pub fn of_nobody(host: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, host);
        let certificate = params.self_signed(&key).unwrap();
        Self::new(certificate.der().clone(), &key)
    }
}

/// Who vouches for servers.
pub struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// A new one, whose name is unlike any other's: who goes by the same name is asked for the same key.
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, format!("authority {:?}", Instant::now()));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap().pem();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    /// Writes what makes a client believe it.
    pub fn write(&self, path: &Path) {
        fs::write(path, &self.certificate).unwrap();
    }

    /// Of a server that is reached as `host`.
    pub fn identity(&self, host: &str) -> Identity {
        self.signed(host, [-1, 30])
    }

    /// One whose time is over.
    pub fn expired(&self, host: &str) -> Identity {
        self.signed(host, [-30, -1])
    }

    fn signed(&self, host: &str, days: [i64; 2]) -> Identity {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        // rcgen's own live for thousands of years; some verifiers refuse what lives for more than one.
        [params.not_before, params.not_after] = days.map(|days| {
            let date = TimeZone::UTC.to_datetime(Timestamp::now()).date() + Span::new().days(days);
            date_time_ymd(date.year().into(), date.month().cast_unsigned(), date.day().cast_unsigned())
        });
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity::new(certificate.der().clone(), &key)
    }
}
