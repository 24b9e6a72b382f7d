using System.Globalization;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>The errors with which WinDivert cannot be used (its documentation, WinDivertOpen; winerror.h), as sentences.</summary>
internal static class DivertErrors
{
    /// <summary>There was an error without a number: ERROR_GEN_FAILURE.</summary>
    public const int Unknown = 31;

    /// <summary>Nothing more comes from a handle that is shut down: ERROR_NO_DATA.</summary>
    public const int NoData = 232;

    /// <summary>The library is not there: ERROR_MOD_NOT_FOUND.</summary>
    public const int LibraryNotFound = 126;

    /// <summary>A packet has no hops left: ERROR_HOST_UNREACHABLE.</summary>
    public const int HostUnreachable = 1_232;

    /// <summary>The library is another one: ERROR_BAD_EXE_FORMAT.</summary>
    public const int BadLibrary = 193;

    /// <summary>What is wrong, and what to do.</summary>
    /// <param name="error">A Windows error.</param>
    public static string Sentence(int error) => error switch
    {
        2 => "the driver WinDivert64.sys is not beside reaim.exe: put it there, from WinDivert 2.2 for x64.",
        5 => "diverting packets takes an administrator's rights: start reaim in an administrator's console.",
        87 => "WinDivert refuses what it is asked for, which version 2.2 does not: put the files of WinDivert 2.2 beside reaim.exe.",
        LibraryNotFound => "WinDivert.dll is not beside reaim.exe: put it there, from WinDivert 2.2 for x64, or use --mode listen.",
        BadLibrary => "WinDivert.dll beside reaim.exe is not the one of WinDivert 2.2 for x64: put that there.",
        577 => "Windows refuses the signature of WinDivert64.sys: put the official file of WinDivert 2.2 beside reaim.exe.",
        654 => "another version of WinDivert's driver is loaded: end the program that uses it, or restart Windows.",
        1058 => "the service WinDivert is disabled: allow it with sc.exe config WinDivert start= demand.",
        1060 => "the service WinDivert could not be made, most likely because it is just being removed: end other programs that divert packets, or restart Windows.",
        1072 => "the service WinDivert is just being removed: end other programs that divert packets, or restart Windows.",
        1275 => "Windows or security software keeps the driver WinDivert64.sys from being loaded: allow it there, or use --mode listen.",
        1753 => "the base filtering engine does not run, which WinDivert needs: start it with sc.exe start BFE.",
        _ => string.Create(CultureInfo.InvariantCulture, $"WinDivert cannot be opened (Windows error {error}): net helpmsg {error} says what that is."),
    };
}
