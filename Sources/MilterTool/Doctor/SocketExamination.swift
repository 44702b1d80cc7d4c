import MilterSystem

/// Finds out whether an MTA's user can connect to a Unix-domain socket.
struct SocketExamination {
  private(set) var findings: [Finding] = []

  /// Checks a path on this machine, and all directories above it.
  init(_ path: String, user: String) {
    let account: MTAAccount
    do throws(AccountError) {
      account = try MTAAccount(user)
    } catch {
      findings.append(
        Finding(
          .error, "the MTA is to run as \(user): \(error)",
          why: "so it is unknown whether that user can open \(path)",
          fix: "run milter doctor on the machine where the MTA runs"))
      return
    }
    for directory in FileAccess.directories(above: path) {
      guard let access = FileAccess(directory) else { return }
      if !access.lets(account, 1) {
        findings.append(
          Finding(
            .error,
            "the MTA's user \(account.name) cannot enter \(directory) (mode \(access.modeText))",
            why: "a socket is reached only if every directory above it can be entered",
            fix: access.isShared
              ? "have the filter listen in a directory of its own, below /run or the MTA's queue"
              : "chmod o+x \(directory), or have the filter listen somewhere else"))
      }
    }
    guard let access = FileAccess(path), access.kind == .socket else { return }
    if !access.lets(account, 2) {
      findings.append(
        Finding(
          .error,
          "the MTA's user \(account.name) cannot write to \(path) (mode \(access.modeText))",
          why: "connecting to a Unix-domain socket requires permission to write to it",
          fix: "start the filter with --socket-mode 660 --socket-group \(account.group)"
        ))
    }
  }
}
