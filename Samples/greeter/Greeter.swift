// greeter: the smallest useful filter.
//
// It refuses clients that call themselves spam.example, and notes the envelope sender in a header field.
//
//   swift run greeter --try Samples/messages/hello.eml
//   swift run greeter --socket inet:8891@127.0.0.1
//
// The comments show what the same line is in C.

import MilterKit

@main
final class Greeter: Milter {
  @PerMessage private var sender = ""  // what C kept with smfi_setpriv

  override func helo(_ host: String) throws -> Status {
    host == "spam.example" ? .reject : .continue
  }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    self.sender = sender
    return .continue
  }

  override func eom() throws -> Status {
    try addheader("X-Seen-From", sender)  // was: smfi_addheader(ctx, "X-Seen-From", sender)
    return .accept  // was: SMFIS_ACCEPT
  }
}
