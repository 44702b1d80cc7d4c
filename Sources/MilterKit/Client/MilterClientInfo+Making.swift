public import MilterCore

extension MilterClientInfo {
  /// Creates a client for a message without an MTA.
  ///
  /// - Parameters:
  ///   - name: The host name.
  ///   - address: The address; `nil` if it is unknown.
  ///   - helo: The name that the client sends with HELO; `nil` to use `name`.
  ///   - user: The user name of the login; `nil` without a login.
  ///   - tls: The encryption; `nil` without TLS.
  public init(
    name: String = "client.example.org",
    address: MilterAddress? = .inet(address: "192.0.2.1", port: 25), helo: String? = nil,
    user: String? = nil, tls: TLS? = nil
  ) {
    var macros: [(MilterMacroName, String)] = [
      (.mtaVersion, "Postfix 3.9"), (.clientName, name), (.daemonPort, "25"),
    ]
    if let user { macros += [(.authAuthen, user), (.authType, "PLAIN")] }
    if let tls {
      macros.append((.tlsVersion, tls.version))
      if let cipher = tls.cipher { macros.append((.cipher, cipher)) }
      if let bits = tls.bits { macros.append((.cipherBits, "\(bits)")) }
      if let subject = tls.certificateSubject { macros.append((.certSubject, subject)) }
    }
    self.init(MilterSymbols(macros), host: name, address: address, helo: helo ?? name)
  }
}
