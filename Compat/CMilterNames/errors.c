#include <string.h>

#include "names.h"

const char *sm_errstring(int number) {
  switch (number) {
    case 256: return "Timeout on file open";
    case 257: return "Symbolic links not allowed";
    case 258: return "Hard links not allowed";
    case 259: return "Regular files only";
    case 260: return "Executable files not allowed";
    case 261: return "World writable directory";
    case 262: return "Group writable directory";
    case 263: return "File changed after open";
    case 264: return "World writable file";
    case 265: return "Group writable file";
    case 266: return "Group readable file";
    case 267: return "World readable file";
    case 297: return "Memory allocation failed";
    case 298: return "GDBM is not supported";
    case 299: return "Unsupported action";
    case 300: return "Key already exists";
    case 301: return "Database open failed";
    case 302: return "Key not found";
    case 303: return "Unknown database type";
    case 304: return "Support for database type not compiled into this program";
    case 305: return "DB sync did not finish";
    case 306: return "Key is empty";
    case 307: return "Key already exists";
    case 308: return "Locker killed to resolve deadlock";
    case 309: return "Lock unavailable";
    case 310: return "Lock not held by locker";
    case 311: return "Database panic, run recovery";
    case 312: return "I/O error";
    case 313: return "Database opened read-only";
    case 314: return "Name too long";
    case 315: return "Invalid parameter";
    case 316: return "Only one cursor allowed";
    case 317: return "Invalid cursor";
    case 319: return "Berkeley DB file is an old version, recreate it";
    case 320: return "Berkeley DB version mismatch between include file and library";
    default: return strerror(number);
  }
}
