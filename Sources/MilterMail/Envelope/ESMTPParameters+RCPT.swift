/// Parameters of RCPT.
extension ESMTPParameters {
  /// `NOTIFY`: the events that are reported to the sender; empty for `NEVER` (RFC 3461, section 4.1).
  public var notify: ESMTPNotify? {
    get { self["NOTIFY"]?.value.flatMap { ESMTPNotify($0) } }
    set { set("NOTIFY", newValue?.encoded) }
  }

  /// `ORCPT`: the original recipient of the message (RFC 3461, section 4.2; RFC 6533).
  public var originalRecipient: ESMTPOriginalRecipient? {
    get { self["ORCPT"]?.value.flatMap { ESMTPOriginalRecipient($0) } }
    set { set("ORCPT", newValue?.encoded) }
  }
}
