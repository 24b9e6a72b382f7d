using System.Text;

namespace ReAim.Alg.Irc;

/// <summary>Words of <see cref="DccKind"/>.</summary>
internal static class DccKinds
{
    /// <summary>Letters of SEND, CHAT and RECV.</summary>
    private const int BaseLength = 4;

    /// <summary>Letters that may stand before them: S for TLS, T for a transfer without acknowledgements.</summary>
    private const int MostLetters = 2;

    /// <summary>The kind of a word, in capitals or not.</summary>
    public static DccKind Of(ReadOnlySpan<byte> word)
    {
        if (Ascii.EqualsIgnoreCase(word, "RESUME"u8))
        {
            return DccKind.Resume;
        }

        if (Ascii.EqualsIgnoreCase(word, "ACCEPT"u8))
        {
            return DccKind.Accept;
        }

        int letters = word.Length - BaseLength;
        if (letters is < 0 or > MostLetters || word[..letters].IndexOfAnyExcept("STst"u8) >= 0)
        {
            return DccKind.Other;
        }

        ReadOnlySpan<byte> what = word[letters..];
        return Ascii.EqualsIgnoreCase(what, "SEND"u8) || (letters == 0 && Ascii.EqualsIgnoreCase(what, "MOVE"u8)) ? DccKind.Send
            : Ascii.EqualsIgnoreCase(what, "CHAT"u8) ? DccKind.Chat
            : Ascii.EqualsIgnoreCase(what, "RECV"u8) ? DccKind.Receive
            : DccKind.Other;
    }

    /// <summary>True if the sender of such a message listens.</summary>
    public static bool IsOffer(this DccKind kind) => kind is DccKind.Send or DccKind.Chat or DccKind.Receive;
}
