public import CMilterAPI
import Glibc
import LibmilterProcess
import MilterCore

// The functions of the whole library, with the names that C filters use.

/// Registers the filter of this process.
///
/// The C function is `smfi_register`.
@_cdecl("smfi_register")
public func register(_ description: smfiDesc) -> Int32 {
  DebugLog.result(of: "smfi_register") {
    let filter = try CFilter(description)
    LibmilterProcess.shared.register { FilterHandler(filter) }
  }
}

/// Sets the socket to listen on; a mistake in it is reported when the socket is opened.
///
/// The C function is `smfi_setconn`.
@_cdecl("smfi_setconn")
public func setconn(_ socket: UnsafePointer<CChar>?) -> Int32 {
  DebugLog.result(of: "smfi_setconn") {
    try LibmilterProcess.shared.set(socket: socket.map { String(cString: $0) })
  }
}

/// Opens the socket, so that the process can give up privileges or fork before it serves.
///
/// The C function is `smfi_opensocket`.
@_cdecl("smfi_opensocket")
public func opensocket(_ removesSocket: Int32) -> Int32 {
  DebugLog.result(of: "smfi_opensocket") {
    // C++ passes a bool, of which only one byte is defined.
    try LibmilterProcess.shared.open(replacing: removesSocket & 0xFF != 0)
  }
}

/// Sets the maximum number of connections that wait to be accepted.
///
/// The C function is `smfi_setbacklog`.
@_cdecl("smfi_setbacklog")
public func setbacklog(_ backlog: Int32) -> Int32 {
  DebugLog.result(of: "smfi_setbacklog") { try LibmilterProcess.shared.set(backlog: backlog) }
}

/// Sets the maximum silence of an MTA, in seconds.
///
/// The C function is `smfi_settimeout`.
@_cdecl("smfi_settimeout")
public func settimeout(_ seconds: Int32) -> Int32 {
  LibmilterProcess.shared.set(timeout: seconds)
  return MI_SUCCESS
}

/// Sets the amount of diagnostics on standard output and in syslog; 0 reports only failures.
///
/// The C function is `smfi_setdbg`.
@_cdecl("smfi_setdbg")
public func setdbg(_ level: Int32) -> Int32 {
  LibmilterProcess.shared.set(debugLevel: level)
  return MI_SUCCESS
}

/// Sets the maximum payload of a packet in bytes, and returns the previous limit.
///
/// The C function is `smfi_setmaxdatasize`.
@_cdecl("smfi_setmaxdatasize")
public func setmaxdatasize(_ size: Int) -> Int {
  LibmilterProcess.shared.exchange(maximumPayload: size)
}

/// Serves until a signal or `smfi_stop` ends it.
///
/// The C function is `smfi_main`.
@_cdecl("smfi_main")
public func main() -> Int32 {
  DebugLog.result(of: "smfi_main") { try LibmilterProcess.shared.main() }
}

/// Ends `smfi_main`.
///
/// The C function is `smfi_stop`.
@_cdecl("smfi_stop")
public func stop() -> Int32 {
  LibmilterProcess.shared.stop()
  return MI_SUCCESS
}

/// Returns the interface's version: 1.0.1.
///
/// The C function is `smfi_version`.
@_cdecl("smfi_version")
public func version(
  _ major: UnsafeMutablePointer<UInt32>?, _ minor: UnsafeMutablePointer<UInt32>?,
  _ level: UnsafeMutablePointer<UInt32>?
) -> Int32 {
  major?.pointee = LibmilterProcess.version.major
  minor?.pointee = LibmilterProcess.version.minor
  level?.pointee = LibmilterProcess.version.level
  return MI_SUCCESS
}
