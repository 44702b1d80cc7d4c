public import MilterCore

extension MTAEnvelope {
  /// Sets another client, which sends its own name with HELO.
  ///
  /// - Parameters:
  ///   - host: The client's name.
  ///   - address: The client's address; `nil` if it is unknown.
  public mutating func setClient(_ host: String, _ address: MilterAddress?) {
    self.host = Array(host.utf8)
    self.address = address
    helo = self.host
  }
}
