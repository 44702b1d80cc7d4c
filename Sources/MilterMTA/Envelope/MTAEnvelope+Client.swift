public import MilterCore

extension MTAEnvelope {
  /// Has the message come from another client, which gives its own name with HELO.
  ///
  /// - Parameters:
  ///   - host: the client's name.
  ///   - address: the client's address; nil when it is not known.
  public mutating func setClient(_ host: String, _ address: MilterAddress?) {
    self.host = Array(host.utf8)
    self.address = address
    helo = self.host
  }
}
