// A static library needs one object; this is it while a module has no source.
namespace tapewatch {}
