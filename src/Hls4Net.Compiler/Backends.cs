using Hls4Net.Configuration;
using Hls4Net.Targets.Bambu;
using Hls4Net.Targets.Open;

namespace Hls4Net;

/// <summary>The backends by name, for those who make options in code: <c>Backend.Rtl</c>.</summary>
public static class Backends
{
    extension(Backend)
    {
        /// <summary>AMD Vitis HLS.</summary>
        public static Backend Vitis => Backend.Default;

        /// <summary>PandA Bambu.</summary>
        public static Backend Bambu => BambuTarget.Name;

        /// <summary>Verilog of our own; the C++ is what the C simulation is compiled from.</summary>
        public static Backend Rtl => OpenTarget.Name;
    }
}
