using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ReAim.Capture.Checking;

/// <summary>Findings for a program to read.</summary>
internal static class FindingsJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes one object.</summary>
    public static void Write(IReadOnlyList<Finding> findings, TextWriter output)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteBoolean("wouldRun", findings.All(finding => finding.Severity != Severity.Problem));
            json.WriteStartArray("findings");
            foreach (Finding finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("severity", finding.Severity switch
                {
                    Severity.Ok => "ok",
                    Severity.Note => "note",
                    Severity.Warning => "warning",
                    _ => "problem",
                });
                json.WriteString("what", finding.What);
                json.WriteString("do", finding.Do);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(bytes.ToArray()));
    }
}
