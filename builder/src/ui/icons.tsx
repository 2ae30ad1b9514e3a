/** The icons of the builder's own controls. Those of node types come from the server. */
export {
  ArrowLeft, Braces, Check, ChevronDown, ChevronRight, ChevronUp, CircleAlert, CircleCheck, CircleX, CloudCheck, CloudOff, Copy, Download, Ellipsis,
  FlaskConical, GitCompareArrows, GripVertical, History, Info, Keyboard, List, LoaderCircle, Lock, LockOpen, LogIn, Maximize, Minus, MousePointer2,
  Pencil, Play, Plus, Redo2, Rocket, Search, Spline, StickyNote, Trash2, TriangleAlert, Undo2, Upload, WandSparkles, X,
} from "lucide-react";
