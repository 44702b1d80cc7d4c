// The sources: Postfix's MILTER_README, "Sendmail macro emulation", and Sendmail's RELEASE_NOTES and operations
// guide, "Defined macros". "By default" means unless a filter or the administrator requests other macros at
// that stage.

// MARK: The connection

extension MilterMacroName {
  /// `i`: the message's queue ID.
  ///
  /// Sendmail: from `envfrom` on. Postfix: from the first accepted recipient on, so use it in `data` or later.
  /// Both send it by default.
  public static let queueID = Self("i")

  /// `j`: the MTA's fully qualified host name.
  ///
  /// Sendmail and Postfix: from `connect` on, by default.
  public static let hostName = Self("j")

  /// `_`: the client's name and address, such as `mx.example.org [192.0.2.7]`.
  ///
  /// Sendmail and Postfix: from `connect` on, by default. Sendmail adds `user@` at the start if the client
  /// answers ident, and `(may be forged)` at the end if the name does not resolve to the address.
  public static let client = Self("_")

  /// `v`: the MTA's release, such as `8.17.1.9` or `Postfix 3.7.11`.
  ///
  /// Sendmail: from `connect` on, on request. Postfix: from `connect` on, by default; `milter_macro_v` changes
  /// it.
  public static let mtaVersion = Self("v")

  /// `{daemon_name}`: the name of the daemon to which the client has connected.
  ///
  /// Sendmail: `Name` in `DAEMON_OPTIONS`. Postfix: `milter_macro_daemon_name`, by default the host name. From
  /// `connect` on, by default.
  public static let daemonName = Self("daemon_name")

  /// `{daemon_addr}`: the local address to which the client has connected.
  ///
  /// Postfix 3.2: from `connect` on, by default. Sendmail: the address on which the daemon listens, on request.
  public static let daemonAddr = Self("daemon_addr")

  /// `{daemon_port}`: the local port to which the client has connected.
  ///
  /// Sendmail and Postfix 3.2: from `connect` on, on request.
  public static let daemonPort = Self("daemon_port")

  /// `{daemon_flags}`: the flags of Sendmail's `DAEMON_OPTIONS`.
  ///
  /// Sendmail only: from `connect` on, on request.
  public static let daemonFlags = Self("daemon_flags")

  /// `{if_name}`: the host name of the local address to which the client has connected.
  ///
  /// Sendmail only: from `connect` on, by default.
  public static let ifName = Self("if_name")

  /// `{if_addr}`: the local address to which the client has connected.
  ///
  /// Sendmail only: from `connect` on, by default; not for a loopback address. Postfix has ``daemonAddr``.
  public static let ifAddr = Self("if_addr")
}

// MARK: The client

extension MilterMacroName {
  /// `{client_addr}`: the client's address.
  ///
  /// Sendmail and Postfix: from `connect` on, on request. Sendmail writes `IPv6:` before an IPv6 address.
  public static let clientAddr = Self("client_addr")

  /// `{client_name}`: the client's name, if name and address resolve to each other.
  ///
  /// Sendmail and Postfix: from `connect` on, on request. Otherwise Sendmail sends the address in brackets, and
  /// Postfix `unknown`.
  public static let clientName = Self("client_name")

  /// `{client_port}`: the client's port.
  ///
  /// Sendmail and Postfix 2.5: from `connect` on, on request.
  public static let clientPort = Self("client_port")

  /// `{client_ptr}`: the name to which the client's address resolves, verified or not.
  ///
  /// Sendmail 8.13 and Postfix: from `connect` on, on request.
  public static let clientPtr = Self("client_ptr")

  /// `{client_resolve}`: the result of resolving the client's name: `OK`, `FAIL`, `FORGED`, or `TEMP`.
  ///
  /// Sendmail 8.10 only: from `connect` on, on request.
  public static let clientResolve = Self("client_resolve")

  /// `{client_connections}`: the number of the client's current connections.
  ///
  /// Sendmail 8.13 and Postfix: in `connect`, on request.
  public static let clientConnections = Self("client_connections")

  /// `{client_rate}`: the number of the client's recent connections.
  ///
  /// Sendmail 8.13 only: in `connect`, on request.
  public static let clientRate = Self("client_rate")

  /// `s`: the name that the client sent with HELO.
  ///
  /// Sendmail only: from `helo` on, on request; a filter in Swift gets the name in `helo`.
  public static let heloName = Self("s")
}

// MARK: TLS

extension MilterMacroName {
  /// `{tls_version}`: the version of TLS, such as `TLSv1.3`; not sent without TLS.
  ///
  /// Sendmail 8.11 and Postfix: from `helo` on, by default.
  public static let tlsVersion = Self("tls_version")

  /// `{cipher}`: the cipher, such as `TLS_AES_256_GCM_SHA384`.
  ///
  /// Sendmail 8.11 and Postfix: from `helo` on, by default.
  public static let cipher = Self("cipher")

  /// `{cipher_bits}`: the number of bits of the cipher's key.
  ///
  /// Sendmail 8.11 and Postfix: from `helo` on, by default.
  public static let cipherBits = Self("cipher_bits")

  /// `{cert_subject}`: the subject of the client's certificate.
  ///
  /// Sendmail 8.11: the distinguished name in xtext, verified or not; see ``verify``. Postfix: the common name,
  /// only if the certificate is trusted. From `helo` on, by default.
  public static let certSubject = Self("cert_subject")

  /// `{cert_issuer}`: the issuer of the client's certificate; see ``certSubject``.
  ///
  /// Sendmail 8.11 and Postfix: from `helo` on, by default.
  public static let certIssuer = Self("cert_issuer")

  /// `{cn_subject}`: the common name of the subject of the client's certificate, in xtext.
  ///
  /// Sendmail 8.12 only: from `helo` on, on request.
  public static let cnSubject = Self("cn_subject")

  /// `{cn_issuer}`: the common name of the issuer of the client's certificate, in xtext.
  ///
  /// Sendmail 8.12 only: from `helo` on, on request.
  public static let cnIssuer = Self("cn_issuer")

  /// `{verify}`: whether the client's certificate was verified: `OK`, `NO`, `NOT`, `FAIL`, `NONE`,
  /// and others.
  ///
  /// Sendmail 8.11 only: from `helo` on, on request.
  public static let verify = Self("verify")

  /// `{tls_sni}`: the server name that the client requested.
  ///
  /// Postfix 3.12 only: from `helo` on, on request.
  public static let tlsSNI = Self("tls_sni")
}

// MARK: The login

extension MilterMacroName {
  /// `{auth_type}`: the mechanism of the client's login, such as `PLAIN`; not sent without a login.
  ///
  /// Sendmail 8.10 and Postfix: from `envfrom` on, by default.
  public static let authType = Self("auth_type")

  /// `{auth_authen}`: the user name of the client's login; not sent without a login.
  ///
  /// Sendmail 8.10 and Postfix: from `envfrom` on, by default. Sendmail 8.13 and later encode it as xtext.
  public static let authAuthen = Self("auth_authen")

  /// `{auth_author}`: the sender in the `AUTH=` argument of MAIL.
  ///
  /// Sendmail 8.10 and Postfix: from `envfrom` on, by default. Sendmail 8.13 and later encode it as xtext.
  public static let authAuthor = Self("auth_author")

  /// `{auth_ssf}`: the number of bits of the login's encryption.
  ///
  /// Sendmail 8.11 only: from `envfrom` on, by default.
  public static let authSSF = Self("auth_ssf")
}

// MARK: The message

extension MilterMacroName {
  /// `{mail_addr}`: the envelope sender without angle brackets.
  ///
  /// Sendmail 8.10 and Postfix: from `envfrom` on, by default.
  public static let mailAddr = Self("mail_addr")

  /// `{mail_host}`: the host to which mail for the sender would go.
  ///
  /// Sendmail 8.10 and Postfix 2.6: from `envfrom` on, by default. Postfix sends it to `smtpd_milters` only.
  public static let mailHost = Self("mail_host")

  /// `{mail_mailer}`: the mailer or transport for mail to the sender.
  ///
  /// Sendmail 8.10 and Postfix 2.6: from `envfrom` on, by default. Postfix sends it to `smtpd_milters` only.
  public static let mailMailer = Self("mail_mailer")

  /// `{rcpt_addr}`: the recipient without angle brackets; for a rejected recipient, the MTA's text.
  ///
  /// Sendmail 8.10 and Postfix: in `envrcpt`, by default.
  public static let rcptAddr = Self("rcpt_addr")

  /// `{rcpt_host}`: the host to which mail for the recipient goes; for a rejected recipient, the enhanced
  /// status code.
  ///
  /// Sendmail 8.10 and Postfix 2.6: in `envrcpt`, by default. Postfix sends it to `smtpd_milters` only.
  public static let rcptHost = Self("rcpt_host")

  /// `{rcpt_mailer}`: the mailer or transport for the recipient; `error` for a rejected recipient.
  ///
  /// Postfix sends `error` also for an accepted recipient of a virtual alias domain. The macro
  /// `{rcpt_host}` is then a text, and not a bare status code.
  ///
  /// Sendmail 8.10 and Postfix 2.6: in `envrcpt`, by default. Postfix sends it to `smtpd_milters` only.
  public static let rcptMailer = Self("rcpt_mailer")

  /// `{nrcpts}`: the number of recipients accepted so far.
  ///
  /// Sendmail 8.12 only: from `envrcpt` on, on request.
  public static let recipientCount = Self("nrcpts")

  /// `{nbadrcpts}`: the number of recipients rejected so far.
  ///
  /// Sendmail 8.13 only: from `envrcpt` on, on request.
  public static let badRecipientCount = Self("nbadrcpts")

  /// `{msg_id}`: the message's `Message-Id`.
  ///
  /// Sendmail 8.13 only: in `eom`, by default.
  public static let messageID = Self("msg_id")

  /// `{msg_size}`: the size that the client announced with MAIL, and later the size of the message.
  ///
  /// Sendmail 8.10 only: from `envfrom` on, on request.
  public static let messageSize = Self("msg_size")

  /// `{dsn_envid}`: the `ENVID=` argument of MAIL.
  ///
  /// Sendmail 8.10 only: from `envfrom` on, on request.
  public static let dsnEnvelopeID = Self("dsn_envid")

  /// `{dsn_ret}`: the `RET=` argument of MAIL.
  ///
  /// Sendmail 8.10 only: from `envfrom` on, on request.
  public static let dsnReturn = Self("dsn_ret")

  /// `{dsn_notify}`: the `NOTIFY=` argument of RCPT.
  ///
  /// Sendmail 8.10 only: in `envrcpt`, on request.
  public static let dsnNotify = Self("dsn_notify")
}
