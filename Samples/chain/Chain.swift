// chain: several filters behind one socket: a virus scanner's filter, a footer, and a filter that signs.
//
//   swift run chain --try Samples/messages/hello.eml
//   swift run chain --socket inet:8890@127.0.0.1 --scanner unix:/run/clamav/milter.sock
//
// A C program with this purpose is milter-manager. README.md has the options.

import MilterKit

@main
final class Chain: MilterChain {
  private static let scanner = MilterSetting(
    "scanner", argument: "SOCKET", help: "the socket of a virus scanner's filter")
  private static let signer = MilterSetting(
    "signer", argument: "SOCKET",
    help: "the socket of a filter that signs messages, such as OpenDKIM")

  override class var name: String { "chain" }
  override class var programOptions: [any MilterProgramOption] {
    super.programOptions + [scanner, signer]
  }

  @ChainBuilder override class var members: [ChainMember] {
    // Mail is deferred while the scanner is away.
    if !scanner.value.isEmpty {
      ChainMember.remote(scanner.value).named("scanner").when { !$0.isAuthenticated }
    }
    ChainMember.filter(Footer()).named("footer").when { $0.isAuthenticated }
    // The signature covers the footer. Mail passes without a signature while the signer is away.
    if !signer.value.isEmpty {
      ChainMember.remote(signer.value).named("signer").when { $0.isAuthenticated }
        .onFailure(.accept)
    }
  }
}
