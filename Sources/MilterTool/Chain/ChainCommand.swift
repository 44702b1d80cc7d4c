import MilterKit

/// `milter chain`: serves remote filters on one socket.
enum ChainCommand: Command {
  static let name = "chain"
  static let summary =
    "Serves several filters behind one socket, as a configuration file lists them"

  static func status(of arguments: [String]) -> Int32 {
    Program(ConfiguredChain.self).run(["milter chain"] + arguments)
  }
}
