using System.Collections.Frozen;

namespace Hls4Net.Text;

/// <summary>Words that cannot name anything in the generated sources, by language.</summary>
internal static class Keywords
{
    // C++ up to C++23, with the alternative tokens (ISO/IEC 14882, lex.key), and the names that the sources use of
    // namespaces.
    private static readonly FrozenSet<string> s_cpp = Words("""
        alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t char8_t class compl concept const const_cast consteval
        constexpr constinit continue co_await co_return co_yield decltype default delete do double dynamic_cast else enum explicit export extern false float
        for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public register
        reinterpret_cast requires return short signed sizeof static static_assert static_cast struct switch template this thread_local throw true try typedef
        typeid typename typeof union unsigned using virtual void volatile wchar_t while xor xor_eq main signal std hls hls4net
        """);

    // Macros of the headers that firmware, bridge and test bench include, which have no prefix or ending below.
    private static readonly FrozenSet<string> s_macros = Words("""
        BUFSIZ BYTE_ORDER CSIGNAL E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EADV EAFNOSUPPORT EAGAIN EALREADY EBADE EBADF EBADFD EBADMSG EBADR EBADRQC
        EBADSLT EBFONT EBUSY ECANCELED ECHILD ECHRNG ECOMM ECONNABORTED ECONNREFUSED ECONNRESET EDEADLK EDEADLOCK EDESTADDRREQ EDOM EDOTDOT EDQUOT
        EEXIST EFAULT EFBIG EHOSTDOWN EHOSTUNREACH EHWPOISON EIDRM EILSEQ EINPROGRESS EINTR EINVAL EIO EISCONN EISDIR EISNAM EKEYEXPIRED
        EKEYREJECTED EKEYREVOKED EL2HLT EL2NSYNC EL3HLT EL3RST ELIBACC ELIBBAD ELIBEXEC ELIBMAX ELIBSCN ELNRNG ELOOP EMEDIUMTYPE EMFILE EMLINK
        EMSGSIZE EMULTIHOP ENAMETOOLONG ENAVAIL ENETDOWN ENETRESET ENETUNREACH ENFILE ENOANO ENOBUFS ENOCSI ENODATA ENODEV ENOENT ENOEXEC ENOKEY
        ENOLCK ENOLINK ENOMEDIUM ENOMEM ENOMSG ENONET ENOPKG ENOPROTOOPT ENOSPC ENOSR ENOSTR ENOSYS ENOTBLK ENOTCONN ENOTDIR ENOTEMPTY ENOTNAM
        ENOTRECOVERABLE ENOTSOCK ENOTSUP ENOTTY ENOTUNIQ ENXIO EOF EOPNOTSUPP EOVERFLOW EOWNERDEAD EPERM EPFNOSUPPORT EPIPE EPROTO EPROTONOSUPPORT
        EPROTOTYPE ERANGE EREMCHG EREMOTE EREMOTEIO ERESTART ERFKILL EROFS ESHUTDOWN ESOCKTNOSUPPORT ESPIPE ESRCH ESRMNT ESTALE ESTRPIPE ETIME
        ETIMEDOUT ETOOMANYREFS ETXTBSY EUCLEAN EUNATCH EUSERS EWOULDBLOCK EXDEV EXFULL INFINITY L_ctermid L_cuserid L_tmpnam MAXFLOAT MAX_CANON
        MAX_INPUT NAN NFDBITS NGREG NULL NZERO PIPE_BUF P_tmpdir TIME_UTC WCONTINUED WEOF WEXITED WEXITSTATUS WIFCONTINUED WIFEXITED WIFSIGNALED
        WIFSTOPPED WNOHANG WNOWAIT WSTOPPED WSTOPSIG WTERMSIG WUNTRACED alloca assert be16toh be32toh be64toh errno htobe16 htobe32 htobe64 htole16
        htole32 htole64 issubnormal le16toh le32toh le64toh linux math_errhandling offsetof pthread_cleanup_pop pthread_cleanup_pop_restore_np
        pthread_cleanup_push pthread_cleanup_push_defer_np sched_priority stderr stdin stdout strdupa strndupa unix
        """);

    // What becomes a type of the standard headers with _t behind it.
    private static readonly FrozenSet<string> s_types = Words("""
        blkcnt blksize caddr clock clockid daddr dev div error fpos fsid gid id imaxdiv ino int8 int16 int32 int64 intmax intptr key ldiv lldiv locale loff
        max_align mbstate mode nlink off pid ptrdiff quad sig_atomic sigset size ssize suseconds time timer uid uint8 uint16 uint32 uint64 uintmax uintptr
        useconds wchar wctrans wctype wint
        """);

    // Words of Verilog that no layer is called after, in any language.
    private static readonly FrozenSet<string> s_verilog = Words("""
        always assign begin buf deassign disable end endcase endfunction endmodule event force forever fork function generate genvar initial inout
        input integer join localparam module nand negedge nor output parameter posedge real reg release repeat scalared supply0 supply1 table task
        time tri wait wand wire wor xnor
        """);

    // The other words of Verilog and SystemVerilog (IEEE 1800, annex B), which tools read .v files as: layers may have
    // them, whose Verilog has more in its names.
    private static readonly FrozenSet<string> s_systemVerilog = Words("""
        and automatic bit bool break bufif0 bufif1 byte case casex casez cell chandle checker class clocking cmos config const constraint context
        continue cover cross default defparam design dist do edge else enum eventually expect export extends extern final for foreach global highz0
        highz1 if iff ifnone implements implies import incdir include inside instance int interconnect interface intersect large let liblist library
        local logic longint macromodule matches medium modport nettype new nexttime nmos not notif0 notif1 null or package packed pmos primitive
        priority program property protected pull0 pull1 pulldown pullup pure rand randc rcmos realtime ref reject_on restrict return rnmos rpmos
        rtran rtranif0 rtranif1 s_always sequence shortint shortreal signed small soft solve specify specparam static string strong strong0 strong1
        struct super sync_accept_on sync_reject_on tagged this throughout timeprecision timeunit tran tranif0 tranif1 tri0 tri1 triand trior trireg
        type typedef union unique unique0 unsigned until untyped use uwire var vectored virtual void weak weak0 weak1 while wildcard with within xor
        """);

    // Of what the runtime and the vendors' headers define.
    private static readonly string[] s_prefixes = ["ap_", "hls4net"];

    // Of macros of the standard headers and Linux's.
    private static readonly string[] s_macroPrefixes =
    [
        "ADJ_", "AIO_", "BC_", "CLOCK_", "CLOCKS_", "CLONE_", "COLL_", "CPU_", "EXIT_", "FD_", "FP_", "HUGE_VAL", "LC_",
            "MATH_", "MB_", "M_",
        "MOD_", "MQ_", "NL_", "PTHREAD_", "RE_DUP", "REG_", "RENAME_", "SCHED_", "SEEK_", "SNAN", "STA_", "TIMER_",
    ];

    private static readonly string[] s_macroEndings = ["_MAX", "_MIN", "_WIDTH", "_ENDIAN", "_BIT", "_C"];

    /// <summary>True of a word that no identifier of a model may be.</summary>
    public static bool IsReserved(string name) =>
        s_cpp.Contains(name) || s_macros.Contains(name) || s_types.Contains(name) || s_verilog.Contains(name)
        || s_prefixes.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase)) || IsMacro(name);

    // Endings of macros are those of names in capitals alone.
    private static bool IsMacro(string name) =>
        s_macroPrefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal))
        || (s_macroEndings.Any(e => name.EndsWith(e, StringComparison.Ordinal)) && !name.Any(char.IsAsciiLetterLower));

    /// <summary>The name in Verilog, or where that is a reserved word, the name with <c>_net</c> behind it.</summary>
    public static string InVerilog(string name) => s_verilog.Contains(name)
        || s_systemVerilog.Contains(name) ? $"{name}_net" : name;

    private static FrozenSet<string> Words(string words) =>
        words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
