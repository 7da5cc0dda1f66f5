// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The DWARF call-frame interpreter behind unwind.h: .eh_frame_hdr lookup, CIE/FDE parsing, the opcodes and the few expression
// operators that compilers emit for CFA rules (PLT stubs, realigned frames, signal frames).
#include "runtime/detect/unwind.h"

#include "runtime/detect/system.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/uio.h>

namespace coroguard::guard {

bool safe_read(uint64_t address, void *into, uint64_t size) {
  iovec local{into, size}, remote{reinterpret_cast<void *>(address), size};
  return sys::call(SYS_process_vm_readv, sys::getpid(), long(&local), 1, long(&remote), 1, 0) == long(size);
}

namespace {

constexpr int dwarf_rbx = 3, dwarf_rbp = 6, dwarf_rsp = 7, dwarf_r12 = 12, dwarf_ra = 16, register_count = 17;

struct memory {
  stack_bounds bounds;
  bool load(uint64_t address, uint64_t &into) const {
    if (address >= bounds.low && address + 8 <= bounds.high && address + 8 > address) {
      memcpy(&into, reinterpret_cast<const void *>(address), 8);
      return true;
    }
    return safe_read(address, &into, 8);
  }
};

struct reader {
  const uint8_t *at, *end;
  template <class T> T take() {
    T value{};
    if (size_t(end - at) >= sizeof(T))
      memcpy(&value, at, sizeof(T)), at += sizeof(T);
    else
      at = end;
    return value;
  }
  uint64_t uleb() {
    uint64_t value = 0;
    for (unsigned shift = 0; at < end; shift += 7) {
      uint8_t byte = *at++;
      if (shift < 64)
        value |= uint64_t(byte & 0x7f) << shift;
      if (!(byte & 0x80))
        break;
    }
    return value;
  }
  int64_t sleb() {
    uint64_t value = 0;
    unsigned shift = 0;
    while (at < end) {
      uint8_t byte = *at++;
      if (shift < 64)
        value |= uint64_t(byte & 0x7f) << shift;
      shift += 7;
      if (!(byte & 0x80)) {
        if (shift < 64 && (byte & 0x40))
          value |= ~uint64_t(0) << shift;
        break;
      }
    }
    return int64_t(value);
  }
  /// A pointer in one of the DW_EH_PE encodings; `data` is the base of datarel ones.
  uint64_t encoded(uint8_t encoding, uint64_t data) {
    if (encoding == 0xff)
      return 0;
    uint64_t here = uint64_t(at), value;
    switch (encoding & 0x0f) {
    case 0x00: value = take<uint64_t>(); break;
    case 0x01: value = uleb(); break;
    case 0x02: value = take<uint16_t>(); break;
    case 0x03: value = take<uint32_t>(); break;
    case 0x04: value = take<uint64_t>(); break;
    case 0x09: value = uint64_t(sleb()); break;
    case 0x0a: value = uint64_t(int64_t(take<int16_t>())); break;
    case 0x0b: value = uint64_t(int64_t(take<int32_t>())); break;
    case 0x0c: value = take<uint64_t>(); break;
    default: return 0;
    }
    if (!value)
      return 0;
    if ((encoding & 0x70) == 0x10)
      value += here;
    else if ((encoding & 0x70) == 0x30)
      value += data;
    if (encoding & 0x80)
      memcpy(&value, reinterpret_cast<const void *>(value), 8);
    return value;
  }
};

enum class rule : uint8_t { same, undefined, offset, value_offset, expression, value_expression, reg };

struct register_rule {
  rule how = rule::same;
  int64_t offset = 0; ///< or the register
  reader bytes{nullptr, nullptr};
};

struct row {
  int cfa_register = -1; ///< -1: by expression
  int64_t cfa_offset = 0;
  reader cfa_bytes{nullptr, nullptr};
  register_rule registers[register_count];
};

struct cie {
  uint64_t code_align = 1;
  int64_t data_align = 1;
  uint8_t pointer_encoding = 0;
  bool augmented = false, signal_frame = false;
  reader program{nullptr, nullptr};
};

struct registers {
  uint64_t value[register_count];
  uint32_t known;
  bool get(unsigned index, uint64_t &into) const {
    if (index >= register_count || !(known >> index & 1))
      return false;
    into = value[index];
    return true;
  }
  void set(unsigned index, uint64_t v) { value[index] = v, known |= 1u << index; }
};

bool parse_cie(const uint8_t *start, cie &out) {
  uint32_t length;
  memcpy(&length, start, 4);
  if (length == 0 || length == 0xffffffff)
    return false;
  reader r{start + 4, start + 4 + length};
  if (r.take<uint32_t>() != 0)
    return false;
  uint8_t version = r.take<uint8_t>();
  if (version != 1 && version != 3)
    return false;
  const char *augmentation = reinterpret_cast<const char *>(r.at);
  while (r.at < r.end && *r.at)
    ++r.at;
  ++r.at;
  out.code_align = r.uleb();
  out.data_align = r.sleb();
  uint64_t return_register = version == 1 ? r.take<uint8_t>() : r.uleb();
  if (return_register != dwarf_ra)
    return false;
  if (*augmentation == 'z') {
    out.augmented = true;
    uint64_t size = r.uleb();
    const uint8_t *end = r.at + size;
    for (++augmentation; *augmentation; ++augmentation)
      switch (*augmentation) {
      case 'R': out.pointer_encoding = r.take<uint8_t>(); break;
      case 'P': {
        uint8_t encoding = r.take<uint8_t>();
        r.encoded(encoding & 0x7f, 0);
        break;
      }
      case 'L': r.take<uint8_t>(); break;
      case 'S': out.signal_frame = true; break;
      default: break;
      }
    r.at = end;
  } else if (*augmentation) {
    return false;
  }
  out.program = r;
  return true;
}

/// The few operators that appear in CFA and register expressions.
bool evaluate(reader r, const registers &regs, const memory &mem, bool push_cfa, uint64_t cfa, uint64_t &result) {
  uint64_t stack[16];
  int top = 0;
  if (push_cfa)
    stack[top++] = cfa;
  auto binary = [&](auto f) {
    if (top < 2)
      return false;
    stack[top - 2] = f(stack[top - 2], stack[top - 1]);
    --top;
    return true;
  };
  while (r.at < r.end) {
    if (top >= 15)
      return false;
    uint8_t op = r.take<uint8_t>();
    bool ok = true;
    if (op >= 0x70 && op <= 0x8f) {
      int64_t offset = r.sleb();
      ok = regs.get(op - 0x70u, stack[top]);
      stack[top++] += uint64_t(offset);
    } else if (op >= 0x30 && op <= 0x4f) {
      stack[top++] = op - 0x30u;
    } else if (op >= 0x50 && op <= 0x6f) {
      ok = regs.get(op - 0x50u, stack[top++]);
    } else {
      switch (op) {
      case 0x06: ok = top > 0 && mem.load(stack[top - 1], stack[top - 1]); break;
      case 0x08: stack[top++] = r.take<uint8_t>(); break;
      case 0x09: stack[top++] = uint64_t(int64_t(r.take<int8_t>())); break;
      case 0x0a: stack[top++] = r.take<uint16_t>(); break;
      case 0x0b: stack[top++] = uint64_t(int64_t(r.take<int16_t>())); break;
      case 0x0c: stack[top++] = r.take<uint32_t>(); break;
      case 0x0d: stack[top++] = uint64_t(int64_t(r.take<int32_t>())); break;
      case 0x10: stack[top++] = r.uleb(); break;
      case 0x11: stack[top++] = uint64_t(r.sleb()); break;
      case 0x12: ok = top > 0; if (ok) stack[top] = stack[top - 1], ++top; break;
      case 0x1a: ok = binary([](uint64_t a, uint64_t b) { return a & b; }); break;
      case 0x1c: ok = binary([](uint64_t a, uint64_t b) { return a - b; }); break;
      case 0x22: ok = binary([](uint64_t a, uint64_t b) { return a + b; }); break;
      case 0x23: { uint64_t n = r.uleb(); ok = top > 0; if (ok) stack[top - 1] += n; break; }
      case 0x24: ok = binary([](uint64_t a, uint64_t b) { return b < 64 ? a << b : 0; }); break;
      case 0x2a: ok = binary([](uint64_t a, uint64_t b) { return uint64_t(int64_t(a) >= int64_t(b)); }); break;
      case 0x96: break;
      default: return false;
      }
    }
    if (!ok)
      return false;
  }
  if (top < 1)
    return false;
  result = stack[top - 1];
  return true;
}

/// Runs a call-frame program until `target`; the row that holds there.
bool execute(reader r, const cie &c, uint64_t location, uint64_t target, row &now, const row *initial) {
  row saved[4];
  int depth = 0;
  auto at = [&](uint64_t index) -> register_rule * { return index < register_count ? &now.registers[index] : nullptr; };
  auto put = [&](uint64_t index, rule how, int64_t offset) {
    if (auto *x = at(index))
      *x = {how, offset, {}};
  };
  auto block = [&]() {
    uint64_t size = r.uleb();
    reader bytes{r.at, r.at + size};
    r.at += size;
    return bytes;
  };
  while (r.at < r.end) {
    uint8_t op = r.take<uint8_t>();
    uint8_t low = op & 0x3f;
    uint64_t delta = 0;
    switch (op & 0xc0) {
    case 0x40:
      delta = low;
      break;
    case 0x80:
      put(low, rule::offset, int64_t(r.uleb()) * c.data_align);
      continue;
    case 0xc0:
      if (auto *x = at(low); x && initial)
        *x = initial->registers[low];
      continue;
    default:
      switch (low) {
      case 0x00: continue;
      case 0x01: location = r.encoded(c.pointer_encoding, 0); if (location > target) return true; continue;
      case 0x02: delta = r.take<uint8_t>(); break;
      case 0x03: delta = r.take<uint16_t>(); break;
      case 0x04: delta = r.take<uint32_t>(); break;
      case 0x05: { uint64_t x = r.uleb(); put(x, rule::offset, int64_t(r.uleb()) * c.data_align); continue; }
      case 0x06: { uint64_t x = r.uleb(); if (x < register_count && initial) now.registers[x] = initial->registers[x]; continue; }
      case 0x07: put(r.uleb(), rule::undefined, 0); continue;
      case 0x08: put(r.uleb(), rule::same, 0); continue;
      case 0x09: { uint64_t x = r.uleb(); put(x, rule::reg, int64_t(r.uleb())); continue; }
      case 0x0a: if (depth == 4) return false; saved[depth++] = now; continue;
      case 0x0b: if (depth == 0) return false; now = saved[--depth]; continue;
      case 0x0c: now.cfa_register = int(r.uleb()); now.cfa_offset = int64_t(r.uleb()); continue;
      case 0x0d: now.cfa_register = int(r.uleb()); continue;
      case 0x0e: now.cfa_offset = int64_t(r.uleb()); continue;
      case 0x0f: now.cfa_register = -1; now.cfa_bytes = block(); continue;
      case 0x10: { uint64_t x = r.uleb(); auto b = block(); if (auto *p = at(x)) *p = {rule::expression, 0, b}; continue; }
      case 0x11: { uint64_t x = r.uleb(); put(x, rule::offset, r.sleb() * c.data_align); continue; }
      case 0x12: now.cfa_register = int(r.uleb()); now.cfa_offset = r.sleb() * c.data_align; continue;
      case 0x13: now.cfa_offset = r.sleb() * c.data_align; continue;
      case 0x14: { uint64_t x = r.uleb(); put(x, rule::value_offset, int64_t(r.uleb()) * c.data_align); continue; }
      case 0x15: { uint64_t x = r.uleb(); put(x, rule::value_offset, r.sleb() * c.data_align); continue; }
      case 0x16: { uint64_t x = r.uleb(); auto b = block(); if (auto *p = at(x)) *p = {rule::value_expression, 0, b}; continue; }
      case 0x2e: r.uleb(); continue;
      default: return false;
      }
    }
    location += delta * c.code_align;
    if (location > target)
      return true;
  }
  return true;
}

/// The FDE that covers `pc`, through the binary search table of its object.
const uint8_t *find_fde(uint64_t pc) {
  dl_find_object object;
  if (_dl_find_object(reinterpret_cast<void *>(pc), &object) != 0 || !object.dlfo_eh_frame)
    return nullptr;
  const uint8_t *hdr = static_cast<const uint8_t *>(object.dlfo_eh_frame);
  if (hdr[0] != 1 || hdr[3] != 0x3b)
    return nullptr;
  reader r{hdr + 4, hdr + 64};
  r.encoded(hdr[1], uint64_t(hdr));
  uint64_t count = r.encoded(hdr[2], uint64_t(hdr));
  struct entry {
    int32_t start, fde;
  };
  const entry *table = reinterpret_cast<const entry *>(r.at);
  int64_t offset = int64_t(pc - uint64_t(hdr));
  if (count == 0 || offset < table[0].start)
    return nullptr;
  uint64_t low = 0, high = count;
  while (high - low > 1) {
    uint64_t middle = (low + high) / 2;
    (table[middle].start <= offset ? low : high) = middle;
  }
  return hdr + table[low].fde;
}

bool find_row(uint64_t pc, row &out, bool &signal_frame) {
  const uint8_t *fde = find_fde(pc);
  if (!fde)
    return false;
  uint32_t length;
  memcpy(&length, fde, 4);
  if (length == 0 || length == 0xffffffff)
    return false;
  reader r{fde + 4, fde + 4 + length};
  const uint8_t *cie_field = r.at;
  uint32_t back = r.take<uint32_t>();
  cie c;
  if (!parse_cie(cie_field - back, c))
    return false;
  uint64_t start = r.encoded(c.pointer_encoding, 0);
  uint64_t size = r.encoded(c.pointer_encoding & 0x0f, 0);
  if (pc < start || pc >= start + size)
    return false;
  if (c.augmented) {
    uint64_t skip = r.uleb();
    r.at += skip;
  }
  signal_frame = c.signal_frame;
  if (!execute(c.program, c, start, ~uint64_t(0), out, nullptr))
    return false;
  row initial = out;
  return execute(r, c, start, pc, out, &initial);
}

bool restore(const row &now, const registers &old, const memory &mem, registers &next, uint64_t &cfa) {
  if (now.cfa_register >= 0) {
    if (!old.get(unsigned(now.cfa_register), cfa))
      return false;
    cfa += uint64_t(now.cfa_offset);
  } else if (!evaluate(now.cfa_bytes, old, mem, false, 0, cfa)) {
    return false;
  }
  next.known = 0;
  for (unsigned i = 0; i < register_count; ++i) {
    const register_rule &x = now.registers[i];
    uint64_t value;
    switch (x.how) {
    case rule::same:
      if (i != dwarf_ra && old.get(i, value))
        next.set(i, value);
      break;
    case rule::undefined:
      break;
    case rule::offset:
      if (mem.load(cfa + uint64_t(x.offset), value))
        next.set(i, value);
      break;
    case rule::value_offset:
      next.set(i, cfa + uint64_t(x.offset));
      break;
    case rule::reg:
      if (old.get(unsigned(x.offset), value))
        next.set(i, value);
      break;
    case rule::expression:
      if (evaluate(x.bytes, old, mem, true, cfa, value) && mem.load(value, value))
        next.set(i, value);
      break;
    case rule::value_expression:
      if (evaluate(x.bytes, old, mem, true, cfa, value))
        next.set(i, value);
      break;
    }
  }
  if (now.registers[dwarf_rsp].how == rule::same)
    next.set(dwarf_rsp, cfa);
  return true;
}

/// Code without call-frame information (JIT compilers): follow the frame pointer if it looks like one.
bool follow_frame_pointer(const registers &old, const memory &mem, registers &next, uint64_t &cfa) {
  uint64_t bp, sp, saved, ret;
  if (!old.get(dwarf_rbp, bp) || !old.get(dwarf_rsp, sp) || bp < sp || bp - sp > (1u << 20) || bp % 8)
    return false;
  if (!mem.load(bp, saved) || !mem.load(bp + 8, ret) || ret < 0x1000)
    return false;
  cfa = bp + 16;
  next.known = 0;
  next.set(dwarf_rbp, saved);
  next.set(dwarf_rsp, cfa);
  next.set(dwarf_ra, ret);
  return true;
}

} // namespace

unsigned walk_stack(const machine_state &start, bool exact_ip, stack_bounds bounds, stack_frame *frames, unsigned capacity) {
  memory mem{bounds};
  registers regs{};
  regs.set(dwarf_rbp, start.bp);
  regs.set(dwarf_rsp, start.sp);
  regs.set(dwarf_ra, start.ip);
  if (exact_ip) {
    regs.set(dwarf_rbx, start.rbx);
    regs.set(dwarf_r12, start.r12);
    regs.set(13, start.r13);
    regs.set(14, start.r14);
    regs.set(15, start.r15);
  }
  unsigned count = 0;
  uint64_t last_cfa = 0;
  while (count < capacity) {
    uint64_t ip = regs.value[dwarf_ra];
    if (ip < 0x1000)
      break;
    row now;
    bool signal_frame = false;
    registers next{};
    uint64_t cfa = 0;
    bool ok = find_row(exact_ip ? ip : ip - 1, now, signal_frame) && restore(now, regs, mem, next, cfa);
    if (!ok)
      ok = follow_frame_pointer(regs, mem, next, cfa);
    frames[count++] = {ip, cfa};
    uint64_t ra;
    if (!ok || !next.get(dwarf_ra, ra))
      break;
    if (!signal_frame && cfa <= last_cfa && last_cfa - cfa < (1u << 20))
      break; // the walk does not move up: a broken frame
    last_cfa = cfa;
    exact_ip = signal_frame;
    regs = next;
  }
  return count;
}

namespace {
struct walk {
  const machine_state &start;
  bool exact_ip;
  stack_bounds bounds;
  stack_frame *frames;
  unsigned capacity, count;
};
void walk_as_told(void *raw) {
  auto &w = *static_cast<walk *>(raw);
  w.count = walk_stack(w.start, w.exact_ip, w.bounds, w.frames, w.capacity);
}
} // namespace

unsigned walk_stack_aside(spare_stack &aside, const machine_state &start, bool exact_ip, stack_bounds bounds, stack_frame *frames, unsigned capacity) {
  walk told{start, exact_ip, bounds, frames, capacity, 0};
  void *argument = &told;
  // Our frame is found by its frame pointer while the stack pointer is elsewhere.
  __asm__ volatile("mov %%rsp, %%r12\n\tmov %[top], %%rsp\n\tcall *%[run]\n\tmov %%r12, %%rsp"
                   : "+D"(argument)
                   : [top] "r"(aside.bytes + sizeof aside.bytes), [run] "r"(walk_as_told), "r"(__builtin_frame_address(0))
                   : "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
                     "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "memory", "cc");
  return told.count;
}

bool is_direct_call_before(uint64_t return_address) {
  uint8_t code[8];
  if (!safe_read(return_address - 8, code, 8))
    return false;
  if (code[3] == 0xe8)
    return true;
  return code[2] == 0xff && code[3] == 0x15; // call *disp32(%rip): a GOT slot
}

} // namespace coroguard::guard
