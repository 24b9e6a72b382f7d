using System.Text;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>How an operation ended.</summary>
internal enum DccResult
{
    Works,

    /// <summary>Only with ReAim in the way.</summary>
    Failed,

    /// <summary>With nothing in the way too.</summary>
    OwnFault,
}

/// <summary>Client by server by operation, as docs/PROTOCOL-IRC.md has it.</summary>
internal sealed class DccTable
{
    private static readonly string[] s_packages = ["irssi", "weechat-headless", "epic5", "hexchat", "ngircd", "inspircd", "znc"];

    private readonly SortedDictionary<(string Client, ServerProgram Server), Dictionary<DccOperation, DccResult>> _rows = [];

    public bool IsEmpty => _rows.Count == 0;

    public void Note(ClientProgram client, ServerProgram server, DccOperation operation, DccResult result)
    {
        if (!_rows.TryGetValue((client.Name, server), out Dictionary<DccOperation, DccResult>? row))
        {
            _rows.Add((client.Name, server), row = []);
        }

        row[operation] = result;
    }

    public string ToMarkdown()
    {
        DccOperation[] columns = Enum.GetValues<DccOperation>();
        var text = new StringBuilder();
        text.AppendLine(null, $"{string.Join(", ", s_packages.Select(Version))}").AppendLine();
        text.AppendLine(null, $"| Client, server | {string.Join(" | ", columns.Select(Title))} |");
        text.AppendLine(null, $"|---|{string.Concat(Enumerable.Repeat("---|", columns.Length))}");
        foreach (((string client, ServerProgram server), Dictionary<DccOperation, DccResult> row) in _rows)
        {
            text.AppendLine(null, $"| {client}, {$"{server}".ToLowerInvariant()} | {string.Join(" | ", columns.Select(column => Mark(row[column])))} |");
        }

        return text.ToString();
    }

    private static string Mark(DccResult result) => result switch
    {
        DccResult.Works => "✓",
        DccResult.OwnFault => "–",
        _ => "FAILED",
    };

    private static string Title(DccOperation operation) => operation switch
    {
        DccOperation.SendSmall => "SEND 100 kB",
        DccOperation.Send50Megabytes => "SEND 50 MB",
        DccOperation.NameWithBlanks => "blanks",
        DccOperation.NameWithQuotes => "quotes",
        DccOperation.NameInUtf8 => "UTF-8",
        DccOperation.Chat => "CHAT",
        DccOperation.Resume => "RESUME",
        DccOperation.PassiveListening => "passive, it listens",
        DccOperation.PassiveOffering => "passive, its peer listens",
        DccOperation.TwoHostsOnOnePort => "two hosts on one port",
        _ => "hairpin",
    };

    private static string Version(string package)
    {
        if (!RequiresProgramsAttribute.IsThere("dpkg-query"))
        {
            return package;
        }

        (int code, string version, _) = Shell.TryRun("dpkg-query", "", "-W", "-f", "${Version}", package);
        return code == 0 ? $"{package} {version.Split('-', '+')[0]}" : $"{package} (not installed)";
    }
}
