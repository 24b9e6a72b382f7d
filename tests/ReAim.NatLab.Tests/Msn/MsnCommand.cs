using System.Text;

namespace ReAim.NatLab.Tests.Msn;

/// <summary>A command: the words of its line, and what follows it.</summary>
internal sealed record MsnCommand(string[] Words, byte[] Payload)
{
    /// <summary>The payload with a character for each byte.</summary>
    public string Text => Encoding.Latin1.GetString(Payload);

    /// <summary>A field of a text of fields; empty if it has none.</summary>
    public static string Field(string text, string name)
    {
        string start = $"\r\n{name}: ";
        int at = $"\r\n{text}".IndexOf(start, StringComparison.Ordinal);
        return at < 0 ? "" : $"\r\n{text}"[(at + start.Length)..].Split("\r\n")[0];
    }
}
