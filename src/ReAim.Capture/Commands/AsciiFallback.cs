using System.Text;

namespace ReAim.Capture.Commands;

/// <summary>Writes what an encoding does not have in ASCII: an arrow as <c>-></c>, and what has no such likeness as a question mark.</summary>
internal sealed class AsciiFallback : EncoderFallback
{
    /// <inheritdoc/>
    public override int MaxCharCount => 3;

    /// <summary>How a character is written in ASCII.</summary>
    public static string Of(char letter) => letter switch
    {
        '→' => "->",
        '←' => "<-",
        '·' or '•' => "*",
        'µ' or 'μ' => "u",
        '×' => "x",
        '…' => "...",
        '—' or '–' => "-",
        '“' or '”' or '„' => "\"",
        '‘' or '’' => "'",
        '≥' => ">=",
        '≤' => "<=",
        _ => "?",
    };

    /// <inheritdoc/>
    public override EncoderFallbackBuffer CreateFallbackBuffer() => new Buffer();

    private sealed class Buffer : EncoderFallbackBuffer
    {
        private string _text = "";
        private int _next;

        public override int Remaining => _text.Length - _next;

        public override bool Fallback(char charUnknown, int index) => Begin(Of(charUnknown));

        public override bool Fallback(char charUnknownHigh, char charUnknownLow, int index) => Begin("?");

        public override char GetNextChar() => _next < _text.Length ? _text[_next++] : '\0';

        public override bool MovePrevious()
        {
            if (_next == 0)
            {
                return false;
            }

            _next--;
            return true;
        }

        public override void Reset() => (_text, _next) = ("", 0);

        private bool Begin(string text)
        {
            (_text, _next) = (text, 0);
            return true;
        }
    }
}
