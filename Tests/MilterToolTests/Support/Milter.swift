import Foundation
import MilterSystem
import MilterProcessFixtures

/// Runs the `milter` program.
func milter(
  _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
) throws -> Subprocess {
  try BuiltProgram.run("milter", arguments, input: input, environment: environment)
}

/// Runs the `milter` program.
func milter(_ arguments: String...) throws -> Subprocess { try milter(arguments) }

/// The output of `milter play --json` for a message.
struct PlayedOutcome: Decodable {
  struct Action: Decodable {
    let action: String
    let name: String?
    let value: String?
  }
  let message: String
  let verdict: String
  let actions: [Action]

  static func all(in output: String) throws -> [PlayedOutcome] {
    try output.split(separator: "\n").map {
      try JSONDecoder().decode(PlayedOutcome.self, from: Data($0.utf8))
    }
  }
}

/// The kinds of sockets.
enum SocketKind: String, CaseIterable, Sendable {
  case unix
  case inet
  case inet6

  /// Returns a socket that no other test uses while the directory exists.
  func free(in directory: ScratchDirectory, _ name: String = "s") throws -> String {
    switch self {
    case .unix: "unix:\(directory.path(of: name))"
    case .inet: "inet:\(try directory.reservePort())@127.0.0.1"
    case .inet6: "inet6:\(try directory.reservePort(on: "::1"))@[::1]"
    }
  }
}

/// The port of a socket, as `SocketKind.inet` has it.
func inetPort(of socket: String) -> Substring {
  socket.dropFirst("inet:".count).prefix { $0 != "@" }
}
